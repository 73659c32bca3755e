using Verification.Framework.Cli;

return CommandLine.Run(args, Console.Out, Console.Error);
