using System.Globalization;

namespace Verification.Specs;

/// <summary>How much a campaign tries, and from which seed on: what an environment variable says, or the usual.</summary>
internal static class Setting
{
    /// <summary>The number that a variable holds; the usual one where it holds none.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="usual">What <c>dotnet test</c> takes by itself.</param>
    internal static T Number<T>(string variable, T usual) where T : struct, IParsable<T> =>
        T.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : usual;
}
