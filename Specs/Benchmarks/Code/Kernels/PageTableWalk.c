/* Sv39: maps pages, making tables on the way, and translates addresses. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE_BYTES = 4096, LEVELS = 3 };
enum { VALID = 1, READ = 2, WRITE = 4, EXECUTE = 8, LEAF = READ | WRITE | EXECUTE };

struct page_tables {
    uint8_t *memory;
    uint64_t end;
    uint64_t next;
};

static uint64_t make_entry(uint64_t address, uint64_t flags)
{
    return address >> 12 << 10 | flags | VALID;
}

static uint64_t address_of(uint64_t entry)
{
    return entry >> 10 << 12;
}

static uint64_t *entry_of(const struct page_tables *tables, uint64_t table, uint64_t virtual_address, int level)
{
    return (uint64_t *)(tables->memory + table) + (virtual_address >> (12 + 9 * level) & 511);
}

static bool map(struct page_tables *tables, uint64_t virtual_address, uint64_t physical_address, uint64_t flags)
{
    uint64_t table = 0;
    for (int level = LEVELS - 1; level > 0; level--) {
        uint64_t *entry = entry_of(tables, table, virtual_address, level);
        if (!(*entry & VALID)) {
            if (tables->next == tables->end)
                return false;
            *entry = make_entry(tables->next, 0);
            tables->next += PAGE_BYTES;
        }
        table = address_of(*entry);
    }
    uint64_t *leaf = entry_of(tables, table, virtual_address, 0);
    if (*leaf & VALID)
        return false;
    *leaf = make_entry(physical_address, flags);
    return true;
}

static bool try_translate(const struct page_tables *tables, uint64_t virtual_address, uint64_t *physical_address)
{
    uint64_t table = 0;
    *physical_address = 0;
    for (int level = LEVELS - 1; level >= 0; level--) {
        uint64_t entry = *entry_of(tables, table, virtual_address, level);
        if (!(entry & VALID))
            return false;
        if (entry & LEAF) {
            uint64_t within = ((uint64_t)1 << (12 + 9 * level)) - 1;
            *physical_address = (address_of(entry) & ~within) | (virtual_address & within);
            return true;
        }
        table = address_of(entry);
    }
    return false;
}

uint64_t run(uint8_t *memory, long size)
{
    struct page_tables tables = { memory, size, PAGE_BYTES };
    uint64_t result = 0;
    uint64_t physical;
    for (uint64_t page = 0; page < 200; page++)
        if (!map(&tables, 0x40000000 + page * 0x5000, 0x80000000 + page * PAGE_BYTES, READ | WRITE))
            result++;
    for (uint64_t page = 0; page < 1000; page++)
        if (try_translate(&tables, 0x40000000 + page * 0x1000 + page, &physical))
            result = result * 31 + physical;
    return result;
}
