namespace PECHead.Research.Data;

/// <summary>Turns the file system's errors into ones that say what to do.</summary>
internal static class DiskFailure
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static DataException Describe(Exception failure, string file) => failure switch
    {
        IOException { HResult: NoSpaceLeft or QuotaExceeded or WindowsDiskFull } =>
            new DataException("the disk is full", file, "Free some space or choose another folder, then run the same command again: finished clips are kept.", failure),
        UnauthorizedAccessException =>
            new DataException("no permission to read or write here", file, "Check the owner and the permissions of the folder.", failure),
        FileNotFoundException or DirectoryNotFoundException =>
            new DataException("no such file or folder", file, "Check the path.", failure),
        _ => new DataException(failure.Message.TrimEnd('.'), file, null, failure),
    };

    /// <summary>The error of a result that has no place.</summary>
    public static DataException Unwritable(Exception failure, string file) => failure switch
    {
        IOException { HResult: NoSpaceLeft or QuotaExceeded or WindowsDiskFull } => Describe(failure, file),
        _ => new DataException($"this cannot be written ({Reason(failure)})", file, "Choose another name or folder.", failure),
    };

    // The system's message names the path again, which may be the hidden one beside the place.
    private static string Reason(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "no permission, or a folder that takes no files",
        DirectoryNotFoundException => "a part of the path is no folder",
        FileNotFoundException => "a folder that takes no files",
        _ => failure.Message.Split(" : ")[0].TrimEnd('.'),
    };
}
