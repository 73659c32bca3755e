/* A ring of events between an interrupt and its reader: counters that run on, a power of two of places. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event {
    uint32_t source;
    uint32_t code;
    uint64_t time;
};

struct ring {
    struct event *places;
    uint32_t capacity;
    uint32_t written;
    uint32_t read;
};

static int count(const struct ring *ring)
{
    return ring->written - ring->read;
}

static bool try_write(struct ring *ring, const struct event *item)
{
    if (count(ring) == (int)ring->capacity)
        return false;
    ring->places[ring->written & (ring->capacity - 1)] = *item;
    ring->written++;
    return true;
}

static bool try_read(struct ring *ring, struct event *item)
{
    if (ring->written == ring->read)
        return false;
    *item = ring->places[ring->read & (ring->capacity - 1)];
    ring->read++;
    return true;
}

uint64_t run(uint8_t *memory, long size)
{
    struct ring ring = { (struct event *)memory, 64, 0, 0 };
    uint64_t result = 0;
    uint32_t lost = 0;
    (void)size;
    for (uint32_t round = 0; round < 100; round++) {
        for (uint32_t number = 0; number < (round & 15); number++) {
            struct event item = { number, round, round * 100ul };
            if (!try_write(&ring, &item))
                lost++;
        }
        struct event item;
        for (uint32_t number = 0; number < 7 && try_read(&ring, &item); number++)
            result = result * 31 + item.source + item.code + item.time;
    }
    return (result << 8) + lost + count(&ring);
}
