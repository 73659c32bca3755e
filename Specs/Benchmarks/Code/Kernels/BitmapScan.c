/* A bitmap of pages: finds the first free one, the first run of free ones, counts. */
#include <stddef.h>
#include <stdint.h>

struct bitmap {
    uint64_t *words;
    int count;
};

static int test(const struct bitmap *bitmap, int index)
{
    return bitmap->words[index >> 6] >> (index & 63) & 1;
}

static void set(struct bitmap *bitmap, int index)
{
    bitmap->words[index >> 6] |= (uint64_t)1 << (index & 63);
}

static int count(const struct bitmap *bitmap)
{
    int total = 0;
    for (int i = 0; i < bitmap->count; i++)
        for (uint64_t bits = bitmap->words[i]; bits != 0; bits &= bits - 1)
            total++;
    return total;
}

static int find_first_clear(const struct bitmap *bitmap)
{
    for (int i = 0; i < bitmap->count; i++)
        if (bitmap->words[i] != UINT64_MAX)
            return i * 64 + __builtin_ctzl(~bitmap->words[i]);
    return -1;
}

static int find_clear_run(const struct bitmap *bitmap, int length)
{
    int run = 0;
    for (int i = 0; i < bitmap->count * 64; i++) {
        run = test(bitmap, i) ? 0 : run + 1;
        if (run == length)
            return i - length + 1;
    }
    return -1;
}

uint64_t run(uint8_t *memory, long size)
{
    struct bitmap bitmap = { (uint64_t *)memory, size / 8 };
    uint64_t result = count(&bitmap);
    for (int round = 0; round < 100; round++) {
        int found = find_first_clear(&bitmap);
        if (found < 0)
            break;
        set(&bitmap, found);
        result = result * 31 + found;
    }
    for (int length = 2; length < 10; length++) {
        int found = find_clear_run(&bitmap, length);
        if (found < 0)
            continue;
        for (int i = 0; i < length; i++)
            set(&bitmap, found + i);
        result = result * 31 + found;
    }
    return result;
}
