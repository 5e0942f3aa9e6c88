import Foundation
import PithFiles

extension DataSource {
  /// Opens the files: the samples, and the labels where they are in a file or an array of their own.
  func open() throws -> (samples: any SampleSource, labels: (any SampleSource)?) {
    let format = try FileFormat(path)
    if !arrays.isEmpty, format != .zip {
      throw FileError(
        path: path,
        reason: "is no archive of arrays or images, so ':\(arrays.joined(separator: ","))' "
          + "has no meaning; leave it away")
    }
    if labelColumn != nil, format != .csv {
      throw FileError(path: path, reason: "is no table, so it has no label column; leave it away")
    }
    let images = try openImages(format)
    let options = [
      ("resize", imageSize != nil), ("channels", channels != nil), ("layout", isChannelsLast != nil),
    ]
    if images == nil, let (option, _) = options.first(where: \.1) {
      throw FileError(
        path: path,
        reason:
          "holds no image files, so '\(option)' has no meaning; leave it away"
      )
    }
    if let images {
      if let labelPath, images.holdsLabels {
        throw FileError(
          path: images.name,
          reason: "has classes, one for each of its folders, so \(labelPath) is one file too many")
      }
      return (images, try labelPath.map(DataSource.openLabels))
    }
    if labelPath != nil, arrays.count > 1 {
      throw FileError(
        path: path, reason: "labels are named twice: the array '\(arrays[1])' and \(labelPath ?? "")")
    }
    var labels = try labelPath.map(DataSource.openLabels)
    let samples: any SampleSource
    switch format {
    case .idx: samples = try IDX.open(path)
    case .npy: samples = try NPY.open(path)
    case .csv:
      let table = try CSVTable(path, labelColumn: labelColumn)
      if table.holdsLabels || table.labelTable != nil, let labelPath {
        throw FileError(
          path: path,
          reason: "has labels in \(table.labelColumnNames), so \(labelPath) is "
            + "one file too many")
      }
      samples = table
      if let ownLabels = table.labelTable { labels = ownLabels }
    case .folder: throw FileError(reading: path, code: EISDIR)
    case .zip:
      let archive = try ZipArchive(path)
      samples = try NPZ.open(arrays.first ?? NPZ.inputName(in: archive), in: archive)
      let name = arrays.isEmpty ? NPZ.labelName(in: archive) : arrays.dropFirst().first
      if labels == nil, let name { labels = try NPZ.open(name, in: archive) }
    }
    if let array = samples as? StoredArray, array.shape.isEmpty {
      throw FileError(
        path: array.name, reason: "holds a single number; the first axis has to count the samples")
    }
    if let labels { try DataSource.checkLabels(labels, samples: samples) }
    return (samples, labels)
  }

  /// Opens a folder of images, of the file system or of an archive.
  /// - Returns: `nil` where the data are of another format.
  private func openImages(_ format: FileFormat) throws -> ImageFolder? {
    let listing: ImageListing
    switch format {
    case .folder: listing = try ImageListing(folder: path)
    case .zip:
      let archive = try ZipArchive(path)
      guard archive.holdsImages else { return nil }
      listing = try ImageListing(archive, folder: arrays.joined(separator: ","))
    case .idx, .npy, .csv: return nil
    }
    let format = ImageFolder.Format(
      size: imageSize, channels: channels, isChannelsLast: isChannelsLast ?? false)
    return try ImageFolder(listing, format: format)
  }

  private static func openLabels(_ path: String) throws -> any SampleSource {
    switch try FileFormat(path) {
    case .idx: return try IDX.open(path)
    case .npy: return try NPY.open(path)
    case .csv:
      let table = try CSVTable(path, labelColumn: nil, isLabels: true)
      guard table.holdsLabels else {
        throw FileError(
          path: path,
          reason: "has \(table.columnCount) columns, none of them headed 'label'; keep the column of labels")
      }
      return table
    case .folder: throw FileError(path: path, reason: "is a folder, and labels are in one file; name it")
    case .zip:
      let archive = try ZipArchive(path)
      let names = NPZ.arrayNames(archive)
      guard let name = NPZ.labelName(in: archive) ?? (names.count == 1 ? names.first : nil) else {
        throw FileError(path: path, reason: "holds several arrays, none of them called 'y' or 'labels'")
      }
      return try NPZ.open(name, in: archive)
    }
  }

  private static func checkLabels(_ labels: any SampleSource, samples: any SampleSource) throws {
    guard let array = labels as? StoredArray else { return }
    if array.shape.isEmpty || array.shape.count > 2 {
      throw FileError(
        path: array.name,
        reason: "holds labels of the shape \(array.shape); save one class number a sample "
          + "(or name samples first, labels second)")
    }
  }
}

extension DataSource {
  /// Whether the samples are a table of text, which may have a column of labels.
  /// - Throws: `FileError` when the file cannot be read, or is of no known format.
  public func isTable() throws -> Bool { try FileFormat(path) == .csv }

  /// Whether the samples are image files, in a folder or an archive.
  /// - Throws: `FileError` when the file cannot be read, or is of no known format.
  public func holdsImageFiles() throws -> Bool {
    switch try FileFormat(path) {
    case .folder: true
    case .zip: try ZipArchive(path).holdsImages
    case .idx, .npy, .csv: false
    }
  }
}

extension ZipArchive {
  /// Whether this is an archive of images, not of arrays.
  var holdsImages: Bool {
    entries.contains { ImageListing.isImage($0.name) } && !entries.contains { $0.name.hasSuffix(".npy") }
  }
}
