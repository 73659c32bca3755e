/* Sorts memory ranges by their start: quicksort, insertion sort where few are left. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t start;
    uint64_t size;
};

static bool is_before(const struct range *left, const struct range *right)
{
    return left->start < right->start;
}

static void insertion(struct range *items, int count)
{
    for (int i = 1; i < count; i++) {
        struct range item = items[i];
        int place = i;
        while (place > 0 && is_before(&item, &items[place - 1])) {
            items[place] = items[place - 1];
            place--;
        }
        items[place] = item;
    }
}

static void quick(struct range *items, int count)
{
    while (count > 8) {
        struct range pivot = items[count / 2];
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            while (is_before(&items[low], &pivot))
                low++;
            while (is_before(&pivot, &items[high]))
                high--;
            if (low > high)
                break;
            struct range other = items[low];
            items[low] = items[high];
            items[high] = other;
            low++;
            high--;
        }
        quick(items, high + 1);
        items += low;
        count -= low;
    }
    insertion(items, count);
}

uint64_t run(uint8_t *memory, long size)
{
    struct range *ranges = (struct range *)memory;
    int count = size / sizeof(struct range);
    uint64_t result = 0;
    quick(ranges, count);
    for (int i = 0; i < count; i++)
        result = result * 31 + ranges[i].start + ranges[i].size;
    return result;
}
