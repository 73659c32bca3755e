namespace Verification.Toolchain.Ir;

/// <summary>A basic block: phis first, a terminator last.</summary>
internal sealed class Block(int id)
{
    /// <summary>Number within the function.</summary>
    public int Id { get; } = id;

    /// <summary>Instructions in order; the last one is the terminator.</summary>
    public List<Instr> Body { get; set; } = [];

    /// <summary>Where the terminator may go.</summary>
    public List<Block> Successors { get; } = [];

    /// <summary>One entry per edge into this block, in the order of the phis' operands.</summary>
    public List<Block> Predecessors { get; } = [];

    /// <summary>Position in reverse postorder, set by <see cref="FlowOrder"/>; -1 if unreachable.</summary>
    public int Order { get; set; } = -1;

    /// <summary>Immediate dominator; null for the entry.</summary>
    public Block? Dominator { get; set; }

    /// <summary>Depth in the dominator tree.</summary>
    public int DominatorDepth { get; set; }

    /// <summary>Loops that it lies in.</summary>
    public int LoopDepth { get; set; }

    /// <summary>Innermost loop.</summary>
    public Loop? Loop { get; set; }

    /// <summary>The last instruction.</summary>
    public Instr Terminator => Body[^1];

    /// <summary>Number of operations that become code: all but what is for the debugger alone.</summary>
    public int CodeCount
    {
        get
        {
            int count = 0;
            foreach (Instr instr in Body) count += instr.IsDebug ? 0 : 1;
            return count;
        }
    }

    /// <summary>True once a terminator stands at the end.</summary>
    public bool IsTerminated => Body.Count > 0 && Body[^1].IsTerminator;

    /// <summary>True if every way through it ends in a panic.</summary>
    public bool IsCold => Terminator.Op is Op.Panic or Op.Unreachable;

    /// <summary>The phis.</summary>
    public IEnumerable<Instr> Phis => Body.TakeWhile(instr => instr.Op == Op.Phi);

    /// <summary>Adds an edge. The caller sees to the phis.</summary>
    public void AddSuccessor(Block successor)
    {
        Successors.Add(successor);
        successor.Predecessors.Add(this);
    }

    /// <summary>Takes away the edge that <paramref name="index"/> names among the successors, with its phi operands.</summary>
    public void RemoveSuccessor(int index)
    {
        Block successor = Successors[index];
        Successors.RemoveAt(index);
        successor.RemovePredecessor(successor.Predecessors.IndexOf(this));
    }

    /// <summary>Takes away one edge into this block.</summary>
    public void RemovePredecessor(int index)
    {
        Predecessors.RemoveAt(index);
        foreach (Instr instr in Body)
        {
            if (instr.Op != Op.Phi) break;
            Instr[] args = new Instr[instr.Args.Length - 1];
            Array.Copy(instr.Args, args, index);
            Array.Copy(instr.Args, index + 1, args, index, args.Length - index);
            instr.Args = args;
        }
    }

    /// <summary>Makes the edge that <paramref name="index"/> names lead elsewhere. The caller adds the phi operands there.</summary>
    public void Retarget(int index, Block replacement)
    {
        Block old = Successors[index];
        Successors[index] = replacement;
        replacement.Predecessors.Add(this);
        old.RemovePredecessor(old.Predecessors.IndexOf(this));
    }
}
