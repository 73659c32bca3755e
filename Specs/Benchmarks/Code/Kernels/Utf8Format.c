/* Formats log lines as UTF-8: texts, decimal and hexadecimal numbers, padded columns, characters. */
#include <stddef.h>
#include <stdint.h>

struct writer {
    uint8_t *buffer;
    size_t capacity;
    size_t length;
};

static void put(struct writer *writer, uint8_t value)
{
    if (writer->length < writer->capacity)
        writer->buffer[writer->length++] = value;
}

static void text(struct writer *writer, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(writer, text[i]);
}

static void decimal(struct writer *writer, uint64_t value, int width)
{
    char digits[20];
    int first = 20;
    do {
        digits[--first] = '0' + value % 10;
        value /= 10;
    } while (value != 0);
    for (int padding = width - (20 - first); padding > 0; padding--)
        put(writer, ' ');
    text(writer, digits + first, 20 - first);
}

static void hexadecimal(struct writer *writer, uint64_t value)
{
    int shift = 60;
    text(writer, "0x", 2);
    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put(writer, "0123456789abcdef"[value >> shift & 15]);
}

static void character(struct writer *writer, uint32_t scalar)
{
    if (scalar < 0x80) {
        put(writer, scalar);
    } else if (scalar < 0x800) {
        put(writer, 0xc0 | scalar >> 6);
        put(writer, 0x80 | (scalar & 0x3f));
    } else if (scalar < 0x10000) {
        put(writer, 0xe0 | scalar >> 12);
        put(writer, 0x80 | (scalar >> 6 & 0x3f));
        put(writer, 0x80 | (scalar & 0x3f));
    } else {
        put(writer, 0xf0 | scalar >> 18);
        put(writer, 0x80 | (scalar >> 12 & 0x3f));
        put(writer, 0x80 | (scalar >> 6 & 0x3f));
        put(writer, 0x80 | (scalar & 0x3f));
    }
}

#define TEXT(writer, literal) text(writer, literal, sizeof(literal) - 1)

uint64_t run(uint8_t *memory, long size)
{
    struct writer writer = { memory, size, 0 };
    uint64_t state = 1;
    for (int line = 0; line < 50; line++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        TEXT(&writer, "hart ");
        decimal(&writer, line, 3);
        TEXT(&writer, ": page ");
        hexadecimal(&writer, state >> (line & 63));
        TEXT(&writer, ", ");
        decimal(&writer, state >> 32, 0);
        TEXT(&writer, " bytes ");
        character(&writer, state >> 44);
        put(&writer, '\n');
    }
    return writer.length;
}
