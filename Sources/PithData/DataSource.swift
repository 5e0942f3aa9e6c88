import Foundation
import PithFiles

/// Which files hold a data set, and how they are read. As text, one of
///
///     IMAGES.idx[.gz][,LABELS.idx[.gz]]
///     X.npy[,Y.npy]
///     FILE.npz[:x[,y]]
///     FILE.csv
///     FOLDER
///     ARCHIVE.zip[:FOLDER]
///     FILE.data.yaml
///
/// The format is told by the files' contents, not by their names (except YAML); samples and labels may be of
/// different formats; IDX, NPY and CSV files may be compressed with gzip. A path with a comma or a colon in it
/// is taken as it is if the file exists.
///
/// A folder holds JPEG or PNG images in a folder for each class, numbered in the order of their names; a folder
/// of images without folders has no labels, unless a file of them follows, in the order of the images' names.
///
/// In an `.npz` the samples are the array called x, images, data, inputs, input, features, x_test or arr_0,
/// or the only one, and the labels the one called y, labels, label, targets, target, classes, class, y_test or
/// arr_1, if there is one; with `:x` the archive is read without labels.
///
/// In a table, the labels are the column that is headed label, labels, class, target or y.
public struct DataSource: Equatable, Sendable {
  /// The file of samples, or the folder of images.
  public var path: String
  /// For an `.npz`: the array of samples, and that of labels if it has two names. Empty for the usual names.
  /// For an archive of images: the folder, in one or more pieces where its name has commas.
  public var arrays: [String] = []
  /// The file of labels, if they are not in the first.
  public var labelPath: String?
  /// For a table: the header of the column of labels, or `first`, `last`, or its number from 1; or several of
  /// these with commas between.
  public var labelColumn: String?
  /// For image files: the size that they are given, if not all have one.
  public var imageSize: ImageSize?
  /// For image files: 1 to make them grey, 3 for red, green and blue; `nil` for what the first one is.
  public var channels: Int?
  /// For image files: whether samples are [H, W, C], as Keras has them, not [C, H, W]; `nil` for the latter.
  public var isChannelsLast: Bool?
  /// The shape that samples are given, of as many elements as they have in the file.
  public var shape: [Int]?
  public var preprocessing = Preprocessing()
  /// What the user called the data.
  public var name: String

  /// Reads a specification; a YAML file that it names is read too, other files are not looked into.
  /// - Throws: `FileError` when it is not one of the forms above, or the YAML file is wrong (with the line).
  public init(_ specification: String) throws {
    if [".yaml", ".yml"].contains(where: specification.lowercased().hasSuffix) {
      try self.init(yaml: specification)
    } else {
      try self.init(plain: specification, directory: nil)
    }
  }

  /// Reads a specification of data files.
  /// - Parameter directory: what relative paths are relative to, if not the working directory.
  init(plain specification: String, directory: String?) throws {
    func place(_ path: some StringProtocol) -> String { DataSource.place(String(path), in: directory) }
    name = specification
    path = place(specification)
    if specification.isEmpty {
      throw FileError(
        path: "''",
        reason: "no data are named; give a file of IDX, NPY, NPZ or CSV data, or a folder of images")
    }
    if access(path, F_OK) == 0 { return }

    if let (file, names) = DataSource.splitArrays(specification, place) {
      path = place(file)
      arrays = names.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
      guard arrays.count <= 2, !arrays.contains("") else {
        throw FileError(
          path: specification, reason: "names the arrays '\(names)'; write FILE.npz:SAMPLES,LABELS")
      }
      return
    }
    let commas = specification.indices.filter { specification[$0] == "," }
    // With several commas, some belong to the paths.
    let split =
      commas.count == 1
      ? commas.first : commas.first { access(place(specification[..<$0]), F_OK) == 0 }
    if let split {
      path = place(specification[..<split])
      let labels = specification[specification.index(after: split)...]
      labelPath = place(labels)
      if labels.isEmpty || split == specification.startIndex {
        throw FileError(path: specification, reason: "a file's name is missing beside the comma")
      }
    } else if !commas.isEmpty {
      throw FileError(
        path: specification, reason: "names more than two files; write SAMPLES or SAMPLES,LABELS")
    }
  }

  /// Splits `FILE.npz:x,y` or `ARCHIVE.zip:FOLDER` at the colon.
  private static func splitArrays(
    _ specification: String, _ place: (Substring) -> String
  ) -> (file: Substring, names: Substring)? {
    guard let colon = specification.lastIndex(of: ":") else { return nil }
    let file = specification[..<colon]
    guard [".npz", ".zip"].contains(where: file.lowercased().hasSuffix) || access(place(file), F_OK) == 0
    else { return nil }
    return (file, specification[specification.index(after: colon)...])
  }

  static func place(_ path: String, in directory: String?) -> String {
    guard let directory, !path.hasPrefix("/") else { return path }
    return directory + "/" + path
  }
}
