import PithGraph

/// How the integers of a TFLite tensor mean reals: real = (q − zero) · scale, with one pair for all or one for each index
/// of an axis.
/// Source: https://ai.google.dev/edge/litert/models/quantization_spec
struct TFLiteQuantization: Hashable {
  var scales: [Float]
  var zeroPoints: [Int]
  /// The axis that the pairs belong to; without meaning where there is one.
  var axis: Int

  /// - Returns: nil where the table holds no scale, as that of a float tensor.
  /// - Throws: `GraphError` where the numbers make no sense.
  init?(_ table: FlatTable, rank: Int) throws {
    scales = try table.floats(2)
    if scales.isEmpty { return nil }
    let zeros = try table.numbers(3, Int64.self)
    guard scales.allSatisfy({ $0.isFinite && $0 >= .leastNormalMagnitude }) else {
      throw GraphError("a scale is not a positive number; export the model again")
    }
    guard zeros.isEmpty || zeros.count == scales.count || zeros.count == 1 else {
      throw GraphError("it has \(scales.count) scales, but \(zeros.count) zero points")
    }
    guard zeros.allSatisfy({ $0.magnitude <= 1 << 31 }) else {
      throw GraphError("a zero point is out of range; export the model again")
    }
    guard try table.number(4, UInt8(0)) == 0 else {
      throw GraphError("it is quantized in a custom way, which is not supported")
    }
    zeroPoints = scales.indices.map { zeros.isEmpty ? 0 : Int(zeros[zeros.count == 1 ? 0 : $0]) }
    axis = try table.int(6)
    if scales.count > 1, axis < 0 || axis >= rank {
      throw GraphError("its scales belong to axis \(axis), which a tensor of \(rank) axes lacks")
    }
  }

  init(scale: Float, zeroPoint: Int) { (scales, zeroPoints, axis) = ([scale], [zeroPoint], 0) }

  var isPerTensor: Bool { scales.count == 1 }
}
