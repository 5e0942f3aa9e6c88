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
