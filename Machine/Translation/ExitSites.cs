namespace Verification.Machine.Translation;

/// <summary>The exits of all code. One thread adds at a time; code that is entered finds its exits there without a lock.</summary>
internal sealed class ExitSites
{
    private ExitSite[] _sites = new ExitSite[1024];

    internal int Count { get; private set; }

    internal ref readonly ExitSite this[int number] => ref Volatile.Read(ref _sites)[number];

    internal void Add(in ExitSite site)
    {
        if (Count == _sites.Length)
        {
            var more = new ExitSite[2 * Count];
            _sites.CopyTo(more, 0);
            more[Count] = site;
            Volatile.Write(ref _sites, more);
        }
        else
        {
            _sites[Count] = site;
        }

        Count++;
    }
}
