import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension FileBytes {
  /// Opens a file that a model names, in the model's own folder.
  ///
  /// A model from elsewhere must not be able to have any file of the machine read. So every component of the path is
  /// opened by itself, and none may be a symbolic link.
  /// - Parameter what: what messages call the file, as in "external data".
  /// - Returns: a descriptor that the caller closes; nil only where `mayBeMissing` and there is no such file.
  /// - Throws: `GraphError` where the name leads out of the folder or the file cannot be opened.
  static func openFile(
    _ name: String, in directory: String, called what: String, mayBeMissing: Bool = false
  ) throws -> CInt? {
    let shown = name.printable()
    let components = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !name.hasPrefix("/"), !components.contains(".."), !components.contains(""), !name.utf8.contains(0)
    else {
      throw GraphError(
        "\(what) '\(shown)' lies outside the model's folder, which is not allowed; put it beside the model")
    }
    var descriptor = openFolder(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw GraphError("cannot open the model's folder: \(FileBytes.reason())") }
    for (index, component) in components.enumerated() {
      let isLast = index == components.count - 1
      // O_NONBLOCK: opening a pipe must not wait.
      let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (isLast ? O_NONBLOCK : O_DIRECTORY)
      let next = openat(descriptor, component, flags)
      let code = errno
      var status = stat()
      let isLink =
        next < 0 && fstatat(descriptor, component, &status, AT_SYMLINK_NOFOLLOW) == 0
        && status.st_mode & S_IFMT == S_IFLNK
      close(descriptor)
      guard !isLink else {
        throw GraphError(
          "\(what) '\(shown)' goes through a symbolic link, which is not allowed; put the file itself beside the model"
        )
      }
      if next < 0, code == ENOENT, mayBeMissing { return nil }
      guard next >= 0 else {
        throw GraphError(
          "cannot open \(what) '\(shown)': \(String(cString: strerror(code))); keep it in the model's folder")
      }
      descriptor = next
    }
    return descriptor
  }

  /// The size of an open file.
  /// - Throws: `GraphError` where it is not a regular file.
  static func size(_ descriptor: CInt, _ name: String) throws -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw GraphError("'\(name.printable())' is not a regular file")
    }
    return Int(status.st_size)
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func openFolder(_ path: String, _ flags: CInt) -> CInt {
    #if canImport(Glibc)
    Glibc.open(path, flags)
    #else
    Darwin.open(path, flags)
    #endif
  }
}
