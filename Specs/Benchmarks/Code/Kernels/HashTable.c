/* A table from page numbers to frames: open addressing, linear probing, removal by moving entries back. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry {
    uint64_t key;
    uint64_t value;
};

struct table {
    struct entry *entries;
    int capacity;
    int count;
};

static int home_of(uint64_t key)
{
    return key * 0x9e3779b97f4a7c15ul >> 48;
}

static bool try_add(struct table *table, uint64_t key, uint64_t value)
{
    int mask = table->capacity - 1;
    for (int i = home_of(key) & mask;; i = (i + 1) & mask) {
        struct entry *entry = &table->entries[i];
        if (entry->key == key)
            return false;
        if (entry->key != 0)
            continue;
        entry->key = key;
        entry->value = value;
        table->count++;
        return true;
    }
}

static bool try_find(const struct table *table, uint64_t key, uint64_t *value)
{
    int mask = table->capacity - 1;
    for (int i = home_of(key) & mask; table->entries[i].key != 0; i = (i + 1) & mask) {
        if (table->entries[i].key != key)
            continue;
        *value = table->entries[i].value;
        return true;
    }
    *value = 0;
    return false;
}

static bool try_remove(struct table *table, uint64_t key)
{
    int mask = table->capacity - 1;
    int hole = home_of(key) & mask;
    while (table->entries[hole].key != key) {
        if (table->entries[hole].key == 0)
            return false;
        hole = (hole + 1) & mask;
    }
    for (int next = (hole + 1) & mask; table->entries[next].key != 0; next = (next + 1) & mask) {
        int home = home_of(table->entries[next].key) & mask;
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        table->entries[hole] = table->entries[next];
        hole = next;
    }
    table->entries[hole] = (struct entry){ 0, 0 };
    table->count--;
    return true;
}

uint64_t run(uint8_t *memory, long size)
{
    struct table table = { (struct entry *)memory, size / sizeof(struct entry), 0 };
    uint64_t result = 0;
    uint64_t frame;
    for (uint64_t page = 1; page <= 300; page++)
        try_add(&table, page * 4096, page);
    for (uint64_t page = 1; page <= 400; page++)
        if (try_find(&table, page * 4096, &frame))
            result += frame * page;
    for (uint64_t page = 3; page <= 400; page += 3)
        if (try_remove(&table, page * 4096))
            result += page;
    return (result << 16) + table.count;
}
