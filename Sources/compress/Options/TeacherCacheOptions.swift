import ArgumentParser
import Foundation
import Pith

/// Where teachers' outputs are kept from epoch to epoch and from run to run.
struct TeacherCacheOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp(
      "Where to keep the teachers' outputs for samples that are not augmented; it may be deleted at any time. "
        + "Default: pith/teachers in the user's cache.", valueName: "folder"))
  var directory: String?

  @Option(
    help: ArgumentHelp("The most that the folder may hold, as 500M or 1G.", valueName: "bytes"))
  var cacheLimit = ByteCount(bytes: 1 << 30)

  @Flag(help: "Ask the teachers anew in every epoch.")
  var noCache = false

  func validate() throws {
    if noCache, directory != nil { throw ValidationError("--no-cache and --cache exclude each other") }
  }

  /// Nil where nothing is to be kept.
  var cache: DistillationJob.Cache? {
    noCache
      ? nil
      : DistillationJob.Cache(directory: directory ?? Self.usualDirectory, limit: cacheLimit.bytes)
  }

  /// As freedesktop.org's base directories say.
  private static var usualDirectory: String {
    let environment = ProcessInfo.processInfo.environment
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/pith/teachers" }
    if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.cache/pith/teachers" }
    return NSTemporaryDirectory() + "pith-teachers"
  }
}

/// A number of bytes as an option takes it: `1000000`, `500K`, `100M` or `1G`, in powers of 1024.
struct ByteCount: ExpressibleByArgument, Equatable, CustomStringConvertible {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    var digits = argument.uppercased()
    if digits.hasSuffix("B") { digits.removeLast() }
    let shift = ["K": 10, "M": 20, "G": 30, "T": 40][digits.suffix(1)] ?? 0
    if shift > 0 { digits.removeLast() }
    guard let number = Double(digits), number >= 0, number * Double(1 << shift) < 0x1p62 else { return nil }
    bytes = Int(number * Double(1 << shift))
  }

  var description: String {
    for (shift, unit) in [(30, "G"), (20, "M"), (10, "K")] where bytes > 0 && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return String(bytes)
  }

  var defaultValueDescription: String { description }
}
