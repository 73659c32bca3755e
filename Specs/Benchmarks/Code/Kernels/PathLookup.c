/* Looks paths up in a small tree of directories: splits at slashes, compares names, follows entries. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry {
    const uint8_t *name;
    int name_length;
    uint16_t directory;
    uint16_t node;
};

struct text {
    const uint8_t *bytes;
    int length;
};

static bool are_equal(const uint8_t *left, const uint8_t *right, int length)
{
    for (int i = 0; i < length; i++)
        if (left[i] != right[i])
            return false;
    return true;
}

static bool next_name(struct text *path, struct text *name)
{
    while (path->length > 0 && path->bytes[0] == '/') {
        path->bytes++;
        path->length--;
    }
    int length = 0;
    while (length < path->length && path->bytes[length] != '/')
        length++;
    name->bytes = path->bytes;
    name->length = length;
    path->bytes += length;
    path->length -= length;
    return length > 0;
}

static uint16_t find_entry(const struct entry *entries, int count, uint16_t directory, const struct text *name)
{
    for (int i = 0; i < count; i++)
        if (entries[i].directory == directory && entries[i].name_length == name->length &&
            are_equal(entries[i].name, name->bytes, name->length))
            return entries[i].node;
    return 0;
}

static uint32_t find(const struct entry *entries, int count, const char *path, int length)
{
    struct text rest = { (const uint8_t *)path, length };
    struct text name;
    uint16_t node = 1;
    while (next_name(&rest, &name)) {
        node = find_entry(entries, count, node, &name);
        if (node == 0)
            return 0;
    }
    return node;
}

/* A text of lines "directory name" becomes entries; the node of a line is its number. */
static int fill(const uint8_t *text, struct entry *entries, int capacity)
{
    int count = 0;
    while (*text != 0 && count < capacity) {
        uint16_t directory = 0;
        for (; *text != ' '; text++)
            directory = directory * 10 + (*text - '0');
        const uint8_t *name = ++text;
        while (*text != '\n')
            text++;
        entries[count] = (struct entry){ name, text - name, directory, count + 2 };
        count++;
        text++;
    }
    return count;
}

#define FIND(path) find(entries, count, path, sizeof(path) - 1)

uint64_t run(uint8_t *memory, long size)
{
    struct entry *entries = (struct entry *)(memory + 2048);
    int count = fill(memory, entries, 64);
    uint64_t result = count;
    (void)size;
    for (int round = 0; round < 10; round++) {
        result = result * 31 + FIND("/bin/init");
        result = result * 31 + FIND("//dev//console");
        result = result * 31 + FIND("/etc/network/hosts");
        result = result * 31 + FIND("/usr/share/none");
        result = result * 31 + FIND("/");
    }
    for (int i = 0; i < count; i++)
        entries[i] = (struct entry){ NULL, 0, 0, 0 };
    return result;
}
