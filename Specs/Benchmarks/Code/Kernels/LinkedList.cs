namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>A queue of tasks by deadline: a doubly linked list with a sentinel, insertion in order, removal.</summary>
internal static unsafe class LinkedList
{
    private struct Node
    {
        public Node* Next;
        public Node* Previous;
    }

    private struct Task
    {
        public Node Link;
        public ulong Deadline;
        public uint Number;
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Node* head = (Node*)memory;
        Task* tasks = (Task*)(memory + sizeof(Node));
        head->Next = head->Previous = head;
        ulong state = 99;
        for (uint number = 0; number < 100; number++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            Task* task = &tasks[number];
            task->Deadline = state >> 50;
            task->Number = number;
            InsertByDeadline(head, task);
        }

        for (uint number = 0; number < 100; number += 3) Remove(&tasks[number].Link);
        ulong result = 0;
        uint place = 0;
        for (Node* node = head->Next; node != head; node = node->Next)
        {
            Task* task = (Task*)node;
            result = (result * 31) + task->Deadline + task->Number + place++;
        }

        // The list holds addresses: what is left behind must not depend on where memory lies.
        for (uint number = 0; number < 100; number++) tasks[number].Link = default;
        *head = default;
        return result;
    }

    private static void InsertByDeadline(Node* head, Task* task)
    {
        Node* before = head->Next;
        while (before != head && ((Task*)before)->Deadline <= task->Deadline) before = before->Next;
        Insert(&task->Link, before->Previous, before);
    }

    private static void Insert(Node* node, Node* previous, Node* next)
    {
        node->Previous = previous;
        node->Next = next;
        previous->Next = node;
        next->Previous = node;
    }

    private static void Remove(Node* node)
    {
        node->Previous->Next = node->Next;
        node->Next->Previous = node->Previous;
        node->Next = node->Previous = null;
    }
}
