import ArgumentParser
import Pith

/// How the data named by `--calibrate`, `--eval` or `--data` are read.
struct DataOptions: ParsableArguments {
  /// The forms of DATA, for the help of the commands that take it.
  static let forms = """
    DATA is one of
      IMAGES.idx[.gz][,LABELS.idx[.gz]]  the format of MNIST
      X.npy[,Y.npy]                      NumPy arrays, a sample a row
      FILE.npz[:x,y]                     a NumPy archive, arrays x and y
      FILE.csv                           a sample a line, labels under 'label'
      FOLDER or ARCHIVE.zip[:FOLDER]     JPEG/PNG images, a folder a class
      FILE.data.yaml                     names data, labels, scale, mean, std, …
    """

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "value = (raw * scale - mean) / std; one number, or one a channel as 1,2,3. Default: 1/255 for bytes of IDX "
        + "files and for images, 1 for others.", valueName: "number"))
  var scale: [NumberList] = []

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The mean; one number, or one a channel. Default: 0.", valueName: "number"))
  var mean: [NumberList] = []

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The standard deviation; one number, or one a channel. Default: 1.", valueName: "number"))
  var std: [NumberList] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column of labels in a CSV file: its header, 'first', 'last' or its number from 1; several with commas.",
      valueName: "column"))
  var labelColumn: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The size that image files are given, bilinearly; they need one where they differ.",
      valueName: "HxW"))
  var resize: ImageSize?

  /// What the options say; it goes before what a YAML file says.
  var preprocessing: Preprocessing {
    Preprocessing(scale: Self.joined(scale), mean: Self.joined(mean), std: Self.joined(std))
  }

  /// Opens the data set that `specification`, a DATA, names.
  /// - Throws: `FileError` when it does not exist, is damaged or does not fit the options.
  func dataSet(_ specification: String) throws -> DataSet {
    var source = try DataSource(specification)
    source.preprocessing = preprocessing.filled(from: source.preprocessing)
    // Of several data sets with the same options, only the tables have a column of labels.
    if let labelColumn, try source.isTable() { source.labelColumn = labelColumn }
    if let resize, try source.holdsImageFiles() { source.imageSize = resize }
    return try DataSet(source)
  }

  private static func joined(_ lists: [NumberList]) -> [Double]? {
    lists.isEmpty ? nil : lists.flatMap(\.values)
  }
}

extension ImageSize: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// Numbers as an option takes them: `0.5`, `1/255` or `0.485,0.456,0.406`.
struct NumberList: ExpressibleByArgument, Equatable {
  let values: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Preprocessing.number($0) }
    if values.count < parts.count { return nil }
  }
}
