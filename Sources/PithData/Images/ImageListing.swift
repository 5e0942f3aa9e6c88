import Foundation
import PithFiles

/// Which images a folder has, of a file system or of an archive, and their classes.
///
/// The classes are the folder's own folders, numbered in the order of their names, byte by byte; in a class,
/// images come in the order of theirs. What is hidden is passed over.
struct ImageListing {
  /// What the user called the folder.
  let name: String
  /// `nil` where the folder holds images and no folders: they have no labels.
  let classNames: [String]?
  private(set) var files: [ImageFile] = []
  private(set) var labels: [Int] = []

  /// A folder's images and its folders' images, as they are found.
  private struct Tree {
    var files: [String: StoredArray.Container] = [:]
    var folders: [String: [String: StoredArray.Container]] = [:]
    /// A folder inside one of ``folders``.
    var nested: String?

    mutating func add(folder: String) {
      if folders[folder] == nil { folders[folder] = [:] }
    }
  }

  /// Lists the folder at `path`.
  /// - Throws: `FileError` when there is no such folder, or it is not of the form above, naming the folder or
  ///   file that is in the way.
  init(folder path: String) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    var tree = Tree()
    for (name, isFolder) in try ImageListing.entries(of: path) {
      let inner = path + "/" + name
      guard isFolder else {
        tree.files[name] = .file(path: inner)
        continue
      }
      var files: [String: StoredArray.Container] = [:]
      for (name, isFolder) in try ImageListing.entries(of: inner) {
        if isFolder { tree.nested = tree.nested ?? inner }
        if !isFolder { files[name] = .file(path: inner + "/" + name) }
      }
      tree.folders[name] = files
    }
    try self.init(tree, name: path, separator: "/")
  }

  /// Lists a folder of an archive.
  /// - Parameter folder: its name in the archive; the archive's root if empty.
  /// - Throws: `FileError` as for a folder of the file system.
  init(_ archive: ZipArchive, folder: String) throws {
    let folder = folder.split(separator: "/").filter { $0 != "." }
    var tree = Tree()
    var isKnown = folder.isEmpty
    for entry in archive.entries {
      let parts = entry.name.split(separator: "/")
      guard parts.count >= folder.count, parts.starts(with: folder) else { continue }
      isKnown = true
      let inner = parts.dropFirst(folder.count).map(String.init)
      if inner.contains(where: ImageListing.isHidden) { continue }
      // A folder may have an entry of its own, ending in a slash.
      let isFolder = entry.name.hasSuffix("/")
      switch inner.count {
      case 0: continue
      case 1 where isFolder: tree.add(folder: inner[0])
      case 1: tree.files[inner[0]] = .entry(entry, path: archive.path)
      case 2 where !isFolder:
        tree.folders[inner[0], default: [:]][inner[1]] = .entry(entry, path: archive.path)
      default:
        let outer = (folder + inner.dropLast(isFolder ? 1 : 2).map { $0[...] }).joined(separator: "/")
        tree.add(folder: inner[0])
        tree.nested = tree.nested ?? "\(archive.path):\(outer)"
      }
    }
    let name = archive.path + (folder.isEmpty ? "" : ":" + folder.joined(separator: "/"))
    guard isKnown else {
      let others = ImageListing.foldersOfClasses(archive)
      throw FileError(
        path: archive.path,
        reason: "holds no folder '\(folder.joined(separator: "/"))'; "
          + (others.isEmpty ? "nor folders of classes" : "folders of classes are \(others)"))
    }
    if tree.nested != nil {
      let others = ImageListing.foldersOfClasses(archive)
      throw FileError(
        path: name,
        reason: "its folders hold folders, and each should hold the images of a class; name the folder of "
          + "classes" + (others.isEmpty ? "" : ", \(others), behind a colon"))
    }
    try self.init(tree, name: name, separator: folder.isEmpty ? ":" : "/")
  }

  private init(_ tree: Tree, name: String, separator: String) throws {
    self.name = name
    if let nested = tree.nested {
      throw FileError(
        path: nested,
        reason: "holds folders, and it should hold the images of a class; name the folder whose folders are "
          + "the classes")
    }
    if let file = tree.files.keys.min(), let folder = tree.folders.keys.min() {
      throw FileError(
        path: name,
        reason:
          "holds the file '\(file)' beside folders such as '\(folder)'; put every image into the folder "
          + "of its class")
    }
    guard !tree.folders.isEmpty else {
      classNames = nil
      try add(tree.files, label: nil)
      if files.isEmpty {
        throw FileError(
          path: name, reason: "holds no images; it should hold a folder of JPEG or PNG images for each class")
      }
      return
    }
    let classes = ImageListing.sorted(tree.folders.keys)
    classNames = classes
    for (label, folder) in classes.enumerated() {
      let before = files.count
      try add(tree.folders[folder] ?? [:], label: label)
      if files.count == before {
        throw FileError(
          path: name + separator + folder,
          reason: "holds no images, and every folder here is a class; remove it, or add its images")
      }
    }
  }

  private mutating func add(_ found: [String: StoredArray.Container], label: Int?) throws {
    for name in ImageListing.sorted(found.keys) {
      guard let container = found[name] else { continue }
      let file = ImageFile(container: container)
      guard ImageListing.isImage(name) else {
        throw file.error(
          "is no image by its name (.jpg, .jpeg or .png), and a folder of data holds nothing else; remove it")
      }
      files.append(file)
      if let label { labels.append(label) }
    }
  }

  static func isImage(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return [".jpg", ".jpeg", ".png"].contains(where: name.hasSuffix)
  }

  /// Names that are hidden by custom, or that a file manager leaves behind.
  private static func isHidden(_ name: String) -> Bool {
    name.hasPrefix(".") || ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(name)
  }

  private static func sorted(_ names: some Sequence<String>) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The entries of a folder of the file system that are not hidden.
  private static func entries(of path: String) throws -> [(name: String, isFolder: Bool)] {
    guard let directory = opendir(path) else { throw FileError(reading: path, code: errno) }
    defer { closedir(directory) }
    var entries: [(String, Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if isHidden(name) { continue }
      var isFolder = entry.pointee.d_type == DT_DIR
      if entry.pointee.d_type == DT_LNK || entry.pointee.d_type == DT_UNKNOWN {
        var status = stat()
        guard stat(path + "/" + name, &status) == 0 else {
          throw FileError(reading: path + "/" + name, code: errno)
        }
        isFolder = status.st_mode & S_IFMT == S_IFDIR
      }
      entries.append((name, isFolder))
    }
    return entries
  }

  /// The folders of an archive whose folders hold images, as a list for an error.
  private static func foldersOfClasses(_ archive: ZipArchive) -> String {
    var found: Set<String> = []
    for entry in archive.entries where isImage(entry.name) {
      let parts = entry.name.split(separator: "/")
      if parts.count > 2, !parts.contains(where: { isHidden(String($0)) }) {
        found.insert(parts.dropLast(2).joined(separator: "/"))
      }
      if found.count > 8 { break }
    }
    let shown = sorted(found).prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return found.count > 8 ? shown + ", …" : shown
  }
}
