import PithGraph

extension ONNXExporter {
  /// How an activation is quantized to uint8: real = (q - zeroPoint) · scale.
  public typealias ActivationQuantization = (scale: Float, zeroPoint: Int)
  /// A weight as int8 in the order of the constant that it replaces, with one scale for each index of `axis` or a
  /// single one: real = q · scale.
  public typealias WeightQuantization = (values: [Int8], scales: [Float], axis: Int)
  /// A bias vector as int32, with one scale per element or a single one: real = q · scale.
  public typealias BiasQuantization = (values: [Int32], scales: [Float])
}

/// The quantizations of a graph's values, in the form in which ONNX describes integer networks: pairs of
/// QuantizeLinear and DequantizeLinear around float operators ("QDQ").
struct ONNXQuantization {
  var activations: [ValueID: ONNXExporter.ActivationQuantization] = [:]
  var weights: [ValueID: ONNXExporter.WeightQuantization] = [:]
  var biases: [ValueID: ONNXExporter.BiasQuantization] = [:]

  /// A constant stored as integers.
  struct Stored {
    var integers: Tensor
    var scales: Tensor
    var axis: Int?
  }

  /// The integers that take the place of a constant, or nil where it stays as it is.
  func stored(_ id: ValueID, _ tensor: Tensor, name: String) throws -> Stored? {
    let storage: Tensor.Storage
    let scales: [Float]
    let axis: Int
    if let weight = weights[id] {
      (storage, scales, axis) = (.int8(weight.values), weight.scales, weight.axis)
    } else if let bias = biases[id] {
      (storage, scales, axis) = (.int32(bias.values), bias.scales, 0)
    } else {
      return nil
    }
    guard storage.count == tensor.count else {
      throw ExportError(
        "constant '\(name)' has \(tensor.count) elements, but \(storage.count) quantized ones")
    }
    let integers = Tensor(shape: tensor.shape, storage: storage)
    if scales.count == 1 { return Stored(integers: integers, scales: Tensor(scales[0]), axis: nil) }
    guard tensor.shape.indices.contains(axis), tensor.shape[axis] == scales.count else {
      throw ExportError(
        "constant '\(name)' of shape \(tensor.shape) has \(scales.count) scales along axis \(axis)")
    }
    return Stored(integers: integers, scales: Tensor(shape: [scales.count], floats: scales), axis: axis)
  }
}
