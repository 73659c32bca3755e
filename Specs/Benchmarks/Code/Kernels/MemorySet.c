/* Sets blocks to a byte: single bytes up to a word's boundary, words, single bytes. */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word_t;

static void set(uint8_t *destination, uint8_t value, size_t size)
{
    uint8_t *end = destination + size;
    while (destination < end && ((uintptr_t)destination & 7) != 0)
        *destination++ = value;
    uint64_t word = value * 0x0101010101010101ul;
    for (; end - destination >= 8; destination += 8)
        *(word_t *)destination = word;
    while (destination < end)
        *destination++ = value;
}

uint64_t run(uint8_t *memory, long size)
{
    size_t start = 0;
    for (int length = 1; length < 200; length += 7) {
        set(memory + start, length, length);
        start += length;
    }
    set(memory + start, 0, size / 2);
    return start;
}
