using Verification.Toolchain;

return BuildCommand.Run(args, Console.Out, Console.Error);
