import PithEngine
import PithGraph

/// How large the inputs are that layers' weights are multiplied with.
///
/// A weight matters as far as |w| · ‖x‖ goes: one that multiplies what is hardly ever more than zero, as the border of an
/// image, can be large and of no use. Sun et al., "A Simple and Effective Pruning Approach for Large Language Models",
/// 2024.
public struct InputMagnitudes: Sendable {
  fileprivate struct Layer: Sendable {
    var constant: ValueID
    var node: Node
    var input: ValueID
    /// The input's axis that the weights reduce.
    var axis: Int
    var sums: [Double] = []
    var count = 0
  }

  private var layers: [Layer] = []
  private let engine: FloatEngine

  /// - Parameter graph: the one that the plan is for.
  /// - Throws: `GraphError` where it cannot be executed.
  public init(_ plan: SparsePlan, of graph: Graph) throws {
    engine = try FloatEngine(graph)
    let planned = Set(plan.layers.map(\.constant))
    var seen: Set<ValueID> = []
    for node in graph.nodes where node.inputs.count > 1 {
      guard let constant = node.inputs[1], planned.contains(constant), let input = node.inputs[0],
        seen.insert(constant).inserted, let rank = graph[input].type?.shape.rank
      else { continue }
      switch node.op {
      case is Conv: layers.append(Layer(constant: constant, node: node, input: input, axis: 1))
      case let gemm as Gemm:
        layers.append(Layer(constant: constant, node: node, input: input, axis: gemm.transposesA ? 0 : 1))
      case is MatMul: layers.append(Layer(constant: constant, node: node, input: input, axis: rank - 1))
      default: continue
      }
    }
  }

  /// Takes a batch of the graph's inputs.
  /// - Throws: `GraphError` where they do not fit.
  public mutating func add(_ inputs: [Tensor]) throws {
    var layers = self.layers
    _ = try engine.run(inputs) { id, tensor in
      for index in layers.indices where layers[index].input == id { layers[index].add(tensor) }
    }
    self.layers = layers
  }

  /// A layer's weights, each multiplied with the magnitude of its inputs; the weights themselves where no inputs were
  /// seen.
  ///
  /// Only what is zero already comes out as zero.
  public func scaled(_ weights: Tensor, of constant: ValueID) -> Tensor {
    guard let layer = layers.first(where: { $0.constant == constant }), layer.count > 0, weights.floats != nil
    else { return weights }
    let roots = layer.sums.map { ($0 / Double(layer.count)).squareRoot() }
    let mean = roots.reduce(0, +) / Double(Swift.max(1, roots.count))
    guard mean > 0, mean.isFinite else { return weights }
    let factors = roots.map { Float(Swift.max(1e-4, $0 / mean)) }
    var result = weights
    result.withMutableFloats { floats in
      for index in floats.indices {
        let channel = layer.channel(of: index, in: weights.shape)
        if channel < factors.count { floats[index] *= factors[channel] }
      }
    }
    return result
  }
}

extension InputMagnitudes.Layer {
  fileprivate mutating func add(_ tensor: Tensor) {
    guard let values = tensor.floats, axis < tensor.rank else { return }
    let size = tensor.shape[axis]
    let inner = tensor.shape[(axis + 1)...].reduce(1, *)
    if sums.isEmpty { sums = Array(repeating: 0, count: size) }
    guard size > 0, sums.count == size else { return }
    for start in stride(from: 0, to: values.count, by: inner) {
      var sum: Float = 0
      for index in start..<start + inner { sum += values[index] * values[index] }
      sums[start / inner % size] += Double(sum)
    }
    count += values.count / size
  }

  /// Which index of the input a weight is multiplied with.
  fileprivate func channel(of element: Int, in shape: [Int]) -> Int {
    switch node.op {
    case let conv as Conv:
      let taps = shape.dropFirst(2).reduce(1, *)
      let output = element / (shape[1] * taps)
      return output / Swift.max(1, shape[0] / conv.groups) * shape[1] + element / taps % shape[1]
    case let gemm as Gemm: return gemm.transposesB ? element % shape[1] : element / shape[1]
    default: return element / shape[shape.count - 1] % shape[shape.count - 2]
    }
  }
}
