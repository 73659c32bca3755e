using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>The language, feature by feature: each method gives on the board what it gives on the CLR.</summary>
public sealed class LanguageSpecs : IClassFixture<LanguageSpecs.Features>
{
    private static readonly (long A, long B)[] Inputs =
        [(0, 0), (1, 2), (7, 3), (-1, 5), (100, -7), (long.MinValue, -1), (123456789, 987654321)];

    private readonly Features _features;

    public LanguageSpecs(Features features) => _features = features;

    public static TheoryData<string> Methods
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string line in Features.Source.Split('\n'))
            {
                int start = line.IndexOf("long Run", StringComparison.Ordinal);
                if (start >= 0) names.Add(line[(start + 5)..line.IndexOf('(', start)]);
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_method_does_on_the_board_what_it_does_on_the_CLR(string method)
    {
        foreach ((long a, long b) in Inputs)
        {
            Outcome expected = _features.Program.RunOnClr(a, b, method);
            Outcome actual = _features.Program.RunInModel(a, b, method);
            Assert.Equal(expected.Value, actual.Value);
            Assert.Equal(expected.Panic, actual.Panic);
        }
    }

    [Fact]
    public void Compiling_twice_gives_the_same_bytes()
    {
        using GuestProgram again = new(Features.Source);
        Assert.Equal(
            _features.Program.Program.Methods.Select(method => (method.Symbol, Convert.ToHexString(method.Code))),
            again.Program.Methods.Select(method => (method.Symbol, Convert.ToHexString(method.Code))));
        Assert.Equal(
            _features.Program.Program.Data.Select(data => (data.Symbol, Convert.ToHexString(data.Content ?? []))),
            again.Program.Data.Select(data => (data.Symbol, Convert.ToHexString(data.Content ?? []))));
    }

    /// <summary>The program, compiled once for all methods.</summary>
    public sealed class Features : IDisposable
    {
        public const string Source =
            """
            interface IShape { int Area(); int Twice() => Area() * 2; static abstract int Kind(); static virtual int Plus() => 5; }
            struct Sq : IShape { public int S; public int Area() => S*S; public static int Kind() => 4; }
            struct Rc : IShape { public int W, H; public int Area() => W*H; public static int Kind() => 6; public int Twice() => -1; }
            readonly record struct Pt(int X, long Y);
            ref struct Guard { ref int _c; public Guard(ref int c) { _c = ref c; _c++; } public void Dispose() { _c += 10; } }
            [InlineArray(5)] struct Five { int _e; }
            unsafe struct Buf { public fixed byte B[16]; public int N; }
            [StructLayout(LayoutKind.Explicit)] struct U { [FieldOffset(0)] public ulong L; [FieldOffset(0)] public uint A; [FieldOffset(4)] public uint B; [FieldOffset(2)] public ushort M; }
            [Flags] enum E : byte { A=1,B=2,C=4 }
            static class Tables { public static readonly int[] Primes = {2,3,5,7,11}; public static readonly uint[] Crc = Make(); static uint[] Make(){ var t=new uint[256]; for(uint i=0;i<256;i++){ uint c=i; for(int k=0;k<8;k++) c=(c&1)!=0? 0xEDB88320^(c>>1):c>>1; t[i]=c;} return t; } public static int Counter=3; public static readonly long Magic = 0x123456789L*3; public static readonly Pt Origin = new(3,4); public const string S="hello"; }
            public static unsafe class Test
            {
             static int Sum<T>(T s) where T: struct, IShape => s.Area() + s.Twice() + T.Kind() + T.Plus();
             public static long Run1(long a,long b)=> Sum(new Sq{S=(int)a}) + Sum(new Rc{W=(int)a,H=(int)b});
             public static long Run2(long a,long b){ var p=new Pt((int)a,b); var q=p with { Y=b+1 }; return (p==q?1:0) + (p.Equals(p)?2:0) + q.Y; }
             public static long Run3(long a,long b){ int c=0; using(new Guard(ref c)) { if (a>5) return c*100; c+=1; } return c; }
             public static long Run4(long a,long b){ int n=0; try { n=1; try { n=n*2+(int)a; if(a==7) return n; } finally { n+=100; } } finally { n+=1000; } return n; }
             public static long Run5(long a,long b){ Five f=default; for(int i=0;i<5;i++) f[i]=(int)a*i; int s=0; foreach(int x in f) s+=x; return s+f[(int)(b&7)]; }
             public static long Run6(long a,long b){ Buf x=default; for(int i=0;i<16;i++) x.B[i]=(byte)(a+i); x.N=9; Buf y=x; int s=0; for(int i=0;i<16;i++) s+=y.B[i]; return s+y.N; }
             public static long Run7(long a,long b){ U u=default; u.L=(ulong)a; u.B=(uint)b; u.M=0x1234; return (long)(u.L ^ u.A); }
             public static long Run8(long a,long b){ E e=(E)(a&7); return (e.HasFlag(E.B)?1:0)+(int)(e|E.C); }
             public static long Run9(long a,long b)=> Tables.Primes[(int)(a&7)] + Tables.Counter++ + Tables.Counter + Tables.Magic + Tables.Origin.Y;
             public static long RunA(long a,long b){ uint crc=~0u; ReadOnlySpan<byte> d="123456789"u8; foreach(byte x in d) crc=Tables.Crc[(crc^x)&0xff]^(crc>>8); return ~crc; }
             public static long RunC(long a,long b){ Int128 x=a; x=x*b; x+=(Int128)1<<70; return (long)(x>>35) ^ (long)(x/7); }
             public static long RunD(long a,long b){ string s="hello, world"; int n=0; foreach(char ch in s) n+=ch; return n+s.Length+s[(int)(a&15)]; }
             public static long RunE(long a,long b){ delegate*<int,int> f=(a&1)!=0? &Inc:&Dbl; return f((int)b); }
             static int Inc(int x)=>x+1; static int Dbl(int x)=>x*2;
             public static long RunF(long a,long b){ if(a<0) throw new InvalidOperationException("negative a"); return b; }
             public static long RunG(long a,long b){ int v=5; int old=Interlocked.CompareExchange(ref v,(int)a,5); old+=Interlocked.Add(ref v,3); old+=Interlocked.Exchange(ref v,(int)b); long w=a; Interlocked.Increment(ref w); return old*1000L+v+Volatile.Read(ref w); }
             public static long RunH(long a,long b)=> BitOperations.LeadingZeroCount((ulong)a)*10000+BitOperations.TrailingZeroCount((uint)b)*100+BitOperations.PopCount((ulong)a)+BitOperations.Log2((uint)b);
             public static long RunI(long a,long b){ Span<byte> s=stackalloc byte[32]; BinaryPrimitives.WriteUInt64BigEndian(s,(ulong)a); BinaryPrimitives.WriteUInt32LittleEndian(s.Slice(9),(uint)b); s.Slice(0,13).CopyTo(s.Slice(16)); s[14..16].Fill(7); return BinaryPrimitives.ReadInt64LittleEndian(s.Slice(17))^BinaryPrimitives.ReadUInt16BigEndian(s[13..]) + (s.SequenceEqual(s)?1:0)+s.IndexOf((byte)7); }
             public static long RunJ(long a,long b){ return Math.Max(a,b)-Math.Min((int)a,(int)b)+Math.Abs((int)(a%1000))+Math.Clamp(a,-5,50)+ (long)Math.BigMul((ulong)a,(ulong)b,out ulong lo)+(long)lo; }
             public static long RunK(long a,long b){ int L(int x)=> x<=1?1:x*L(x-1); int cap=(int)b; int M(int y){ cap+=y; return cap; } return L((int)(a&7))+M(3)+cap; }
             public static long RunL(long a,long b)=> a switch { 0 => 1, >0 and <50 => 2, -1 => 3, _ when b>0 => 4, _ => 5 };
             public static long RunM(long a,long b){ Index i=^2; ReadOnlySpan<byte> s="abcdef"u8[1..^1]; return s[i]+s.Length; }
             public static long RunN(long a,long b){ byte x=(byte)a; x+=200; sbyte y=(sbyte)b; y>>=1; ushort z=(ushort)(a*b); return checked((byte)(x/2))+y+z; }
             public static long RunO(long a,long b){ return (long)((ulong)a/((ulong)b+1)) + (long)((uint)a%((uint)b|1)); }
             public static long RunP(long a,long b){ return checked((uint)a) + checked((byte)b); }
             public static long RunQ(long a,long b){ (int,long) t=((int)a,b); var (x,y)=t; return x+y+(t==(1,2)?1:0); }
             public static long RunR(long a,long b){ int? n= a>0? (int)a: null; return n ?? (n.HasValue?1:-9); }
             public static long RunS(long a,long b){ Span<Pt> ps=stackalloc Pt[4]; for(int i=0;i<4;i++) ps[i]=new Pt(i,(int)a); ref Pt r=ref ps[(int)(b&3)]; r=new Pt(77,r.X); long s=0; foreach(ref readonly Pt p in ps) s=s*31+p.X+p.Y; return s; }
            }
            """;

        public GuestProgram Program { get; } = new(Source);

        public void Dispose() => Program.Dispose();
    }
}
