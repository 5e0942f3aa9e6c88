import PithGraph

/// Variances and standard deviations, alone or with the mean.
enum AtenVariance: AtenReader {
  static let targets = ["var", "std", "var_mean", "std_mean"].flatMap {
    ["\($0).correction", "\($0).dim", "\($0).default"]
  }

  static func read(_ call: AtenCall) throws {
    let x = try call.firstFloating()
    let rank = try call.rank(x)
    let listed = try call.ints("dim") ?? []
    let axes = try (listed.isEmpty ? Array(0..<rank) : listed).map { try Operands.axis($0, rank: rank) }
    let keeps = try call.bool("keepdim")
    let isUnbiased = try call.bool("unbiased", default: true)
    let correction = try call.float("correction") ?? (isUnbiased ? 1 : 0)
    let moments = try Moments(of: x, axes: axes, call)
    var value = moments.variance
    if correction != 0 {
      let count = try axes.reduce(1.0) { $0 * Double(try call.knownSize($1, of: x)) }
      guard count > correction else { throw GraphError("a variance of \(count) elements is not known") }
      value = try call.add(
        Mul(), [value, call.scalar(count / (count - correction), .float32, "unbiasing")], "unbiased")
    }
    if call.name.hasPrefix("std") { value = try call.add(Sqrt(), [value], "root") }
    func finished(_ id: ValueID, _ suffix: String) throws -> ValueID {
      keeps ? id : try call.add(Squeeze(), [id, call.constant(axes, "\(suffix).axes")], suffix)
    }
    try call.result(try finished(value, "result"))
    if call.name.hasSuffix("mean") { try call.result(try finished(moments.mean, "mean.result"), at: 1) }
  }
}

/// The mean and the variance (divided by the count) along axes, which stay as axes of 1.
struct Moments {
  var mean: ValueID
  var variance: ValueID
  /// What is left when the mean is taken off.
  var centred: ValueID

  init(of x: ValueID, axes: [Int], _ call: AtenCall) throws {
    let list = call.constant(axes, "axes")
    mean = try call.add(ReduceMean(), [x, list], "mean")
    centred = try call.add(Sub(), [x, mean], "centred")
    variance = try call.add(
      ReduceMean(), [try call.add(Mul(), [centred, centred], "square"), list], "variance")
  }
}
