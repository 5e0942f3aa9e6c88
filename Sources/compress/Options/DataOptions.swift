import ArgumentParser
import Pith

/// How raw data becomes what the network was trained on: value = (raw · scale − mean) / std.
struct DataOptions: ParsableArguments {
  @Option(help: "Factor on raw values, or one per channel: 0.5 or 1,1,0.5. Bytes of an IDX file default to 1/255.")
  var scale: NumberList?

  @Option(help: "Subtracted after scaling, one number or one per channel.")
  var mean: NumberList?

  @Option(help: "Divided by at last, one number or one per channel.")
  var std: NumberList?

  var preprocessing: Preprocessing {
    Preprocessing(scale: scale?.numbers, mean: mean?.numbers, std: std?.numbers)
  }

  /// Opens a data set by its specification.
  func dataSet(_ specification: String) throws -> DataSet {
    try DataSet(specification, preprocessing: preprocessing)
  }

  static let forms = """
    DATA is IMAGES.idx[.gz][,LABELS.idx[.gz]], FILE.npz[:x,y], X.npy[,Y.npy], FILE.csv, or a FILE.data.yaml that names \
    all of these.
    """
}

/// Numbers separated by commas; "1/255" is one.
struct NumberList: ExpressibleByArgument {
  var numbers: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Preprocessing.number($0) }
    guard !numbers.isEmpty, numbers.count == parts.count else { return nil }
    self.numbers = numbers
  }
}
