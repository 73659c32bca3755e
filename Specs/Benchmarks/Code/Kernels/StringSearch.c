/* Finds texts in a text: letter by letter, and by Horspool's table of skips. */
#include <stddef.h>
#include <stdint.h>

static int naive(const uint8_t *text, int length, const uint8_t *pattern, int pattern_length)
{
    for (int start = 0; start <= length - pattern_length; start++) {
        int matched = 0;
        while (matched < pattern_length && text[start + matched] == pattern[matched])
            matched++;
        if (matched == pattern_length)
            return start;
    }
    return -1;
}

static int horspool(const uint8_t *text, int length, const uint8_t *pattern, int pattern_length)
{
    uint8_t skips[256];
    int last = pattern_length - 1;
    for (int i = 0; i < 256; i++)
        skips[i] = pattern_length;
    for (int i = 0; i < last; i++)
        skips[pattern[i]] = last - i;
    for (int start = 0; start <= length - pattern_length; start += skips[text[start + last]]) {
        int place = last;
        while (place >= 0 && text[start + place] == pattern[place])
            place--;
        if (place < 0)
            return start;
    }
    return -1;
}

uint64_t run(uint8_t *memory, long size)
{
    uint64_t result = 0;
    for (int start = 100; start < size - 16; start += 400) {
        const uint8_t *pattern = memory + start;
        result = result * 31 + naive(memory, size, pattern, 8);
        result = result * 31 + horspool(memory, size, pattern, 8);
    }
    return result;
}
