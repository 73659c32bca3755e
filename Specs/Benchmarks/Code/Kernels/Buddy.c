/* A buddy allocator over 256 pages, lists of free blocks threaded through a table of pages. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDERS = 9, PAGES = 256, NONE = -1 };

struct page {
    int16_t next;
    int16_t previous;
    uint8_t order;
    bool is_free;
};

struct allocator {
    struct page *pages;
    int16_t heads[ORDERS];
};

static void push(struct allocator *allocator, int page, int order)
{
    struct page *entry = &allocator->pages[page];
    int16_t head = allocator->heads[order];
    entry->next = head;
    entry->previous = NONE;
    entry->order = order;
    entry->is_free = true;
    if (head != NONE)
        allocator->pages[head].previous = page;
    allocator->heads[order] = page;
}

static void remove_page(struct allocator *allocator, int page, int order)
{
    struct page *entry = &allocator->pages[page];
    if (entry->previous == NONE)
        allocator->heads[order] = entry->next;
    else
        allocator->pages[entry->previous].next = entry->next;
    if (entry->next != NONE)
        allocator->pages[entry->next].previous = entry->previous;
    entry->is_free = false;
}

static void initialise(struct allocator *allocator, struct page *pages)
{
    allocator->pages = pages;
    for (int i = 0; i < ORDERS; i++)
        allocator->heads[i] = NONE;
    push(allocator, 0, ORDERS - 1);
}

static int allocate(struct allocator *allocator, int order)
{
    int from = order;
    while (from < ORDERS && allocator->heads[from] == NONE)
        from++;
    if (from == ORDERS)
        return NONE;
    int page = allocator->heads[from];
    remove_page(allocator, page, from);
    while (from > order) {
        from--;
        push(allocator, page + (1 << from), from);
    }
    allocator->pages[page].order = order;
    return page;
}

static void release(struct allocator *allocator, int page)
{
    int order = allocator->pages[page].order;
    for (; order < ORDERS - 1; order++) {
        int buddy = page ^ (1 << order);
        if (!allocator->pages[buddy].is_free || allocator->pages[buddy].order != order)
            break;
        remove_page(allocator, buddy, order);
        page &= ~(1 << order);
    }
    push(allocator, page, order);
}

uint64_t run(uint8_t *memory, long size)
{
    struct allocator allocator;
    int16_t *held = (int16_t *)(memory + PAGES * sizeof(struct page));
    uint64_t state = 12345;
    uint64_t result = 0;
    (void)size;
    initialise(&allocator, (struct page *)memory);
    for (int i = 0; i < 32; i++)
        held[i] = NONE;
    for (int round = 0; round < 500; round++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        int16_t *place = &held[state >> 40 & 31];
        if (*place == NONE) {
            *place = allocate(&allocator, state >> 60 & 3);
            result = result * 33 + (uint16_t)*place;
        } else {
            release(&allocator, *place);
            *place = NONE;
        }
    }
    return result;
}
