/* A queue of tasks by deadline: a doubly linked list with a sentinel, insertion in order, removal. */
#include <stddef.h>
#include <stdint.h>

struct node {
    struct node *next;
    struct node *previous;
};

struct task {
    struct node link;
    uint64_t deadline;
    uint32_t number;
};

static void insert(struct node *node, struct node *previous, struct node *next)
{
    node->previous = previous;
    node->next = next;
    previous->next = node;
    next->previous = node;
}

static void insert_by_deadline(struct node *head, struct task *task)
{
    struct node *before = head->next;
    while (before != head && ((struct task *)before)->deadline <= task->deadline)
        before = before->next;
    insert(&task->link, before->previous, before);
}

static void remove_node(struct node *node)
{
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->next = node->previous = NULL;
}

uint64_t run(uint8_t *memory, long size)
{
    struct node *head = (struct node *)memory;
    struct task *tasks = (struct task *)(memory + sizeof(struct node));
    uint64_t state = 99;
    uint64_t result = 0;
    uint32_t place = 0;
    (void)size;
    head->next = head->previous = head;
    for (uint32_t number = 0; number < 100; number++) {
        struct task *task = &tasks[number];
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        task->deadline = state >> 50;
        task->number = number;
        insert_by_deadline(head, task);
    }
    for (uint32_t number = 0; number < 100; number += 3)
        remove_node(&tasks[number].link);
    for (struct node *node = head->next; node != head; node = node->next) {
        struct task *task = (struct task *)node;
        result = result * 31 + task->deadline + task->number + place++;
    }
    for (uint32_t number = 0; number < 100; number++)
        tasks[number].link = (struct node){ NULL, NULL };
    *head = (struct node){ NULL, NULL };
    return result;
}
