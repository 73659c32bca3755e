/* Copies blocks word by word, and what is left byte by byte. */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word_t;

static void copy(uint8_t *destination, const uint8_t *source, size_t length)
{
    const word_t *from = (const word_t *)source;
    word_t *to = (word_t *)destination;
    size_t words = length / 8;
    for (size_t i = 0; i < words; i++)
        to[i] = from[i];
    for (size_t i = words * 8; i < length; i++)
        destination[i] = source[i];
}

uint64_t run(uint8_t *memory, long size)
{
    uint8_t *destination = memory + size / 2;
    size_t total = 0;
    for (size_t length = 0; length < 200; length += 7) {
        copy(destination + total, memory + length * 8, length);
        total += (length + 7) & ~(size_t)7;
    }
    copy(destination + total, memory, 4096);
    return total;
}
