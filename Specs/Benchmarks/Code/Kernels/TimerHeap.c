/* Timers in a binary heap: the earliest is taken, and set anew. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    uint64_t due;
    uint32_t period;
    uint32_t number;
};

struct heap {
    struct timer *timers;
    int capacity;
    int count;
};

static bool try_add(struct heap *heap, const struct timer *timer)
{
    if (heap->count == heap->capacity)
        return false;
    int place = heap->count++;
    while (place > 0) {
        int parent = (place - 1) / 2;
        if (heap->timers[parent].due <= timer->due)
            break;
        heap->timers[place] = heap->timers[parent];
        place = parent;
    }
    heap->timers[place] = *timer;
    return true;
}

static void remove_earliest(struct heap *heap)
{
    struct timer last = heap->timers[--heap->count];
    int place = 0;
    for (;;) {
        int child = 2 * place + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->timers[child + 1].due < heap->timers[child].due)
            child++;
        if (last.due <= heap->timers[child].due)
            break;
        heap->timers[place] = heap->timers[child];
        place = child;
    }
    heap->timers[place] = last;
}

uint64_t run(uint8_t *memory, long size)
{
    struct heap heap = { (struct timer *)memory, size / sizeof(struct timer), 0 };
    uint64_t state = 7;
    uint64_t result = 0;
    for (uint32_t number = 0; number < 64; number++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        struct timer timer = { state >> 54, (uint32_t)(state >> 58) + 1, number };
        try_add(&heap, &timer);
    }
    for (int round = 0; round < 300; round++) {
        struct timer timer = heap.timers[0];
        remove_earliest(&heap);
        result = result * 31 + timer.number + timer.due;
        timer.due += timer.period;
        if (timer.due < 2000)
            try_add(&heap, &timer);
    }
    return result + heap.count;
}
