/* The Internet checksum (RFC 1071) of packets of several lengths. */
#include <stddef.h>
#include <stdint.h>

typedef uint16_t __attribute__((may_alias)) half_t;

static uint16_t checksum(const uint8_t *packet, int length)
{
    const half_t *words = (const half_t *)packet;
    uint32_t sum = 0;
    for (int i = 0; i < length / 2; i++)
        sum += words[i];
    if (length & 1)
        sum += packet[length - 1];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

uint64_t run(uint8_t *memory, long size)
{
    uint64_t result = 0;
    (void)size;
    for (int length = 20; length < 1500; length += 97)
        result = result * 31 + checksum(memory + (length & ~1), length);
    return result;
}
