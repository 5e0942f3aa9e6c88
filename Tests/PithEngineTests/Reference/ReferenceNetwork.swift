import Glibc
import PithGraph

@testable import PithEngine

/// A whole graph in double precision.
struct ReferenceNetwork {
  var graph: Graph
  /// Whether batch norm normalizes by the batch.
  var isTraining: Bool

  struct Unknown: Error {
    var name: String
  }

  func run(_ inputs: [Reference], _ constants: [ValueID: Reference]) throws -> [Reference] {
    var values = constants
    for (id, input) in zip(graph.inputs, inputs) { values[id] = input }
    for node in graph.nodes {
      let operands = node.inputs.map { id in id.flatMap { values[$0] } }
      for (id, output) in zip(node.outputs, try evaluate(node, operands)) { values[id] = output }
    }
    return graph.outputs.compactMap { values[$0] }
  }

  private func evaluate(_ node: Node, _ operands: [Reference?]) throws -> [Reference] {
    let all = operands.compactMap(\.self)
    switch node.op {
    case let op as Conv: return [Reference.convolution(op, operands)]
    case let op as BatchNormalization:
      return [Reference.batchNormalization(op, all, byBatch: isTraining)]
    case let op as MaxPool: return [Reference.maxPool(op, all[0])]
    case let op as AveragePool: return [Reference.averagePool(op, all[0])]
    case let op as Gemm:
      let product = Reference.matrixProduct(
        all[0], op.transposesB ? all[1].transposed() : all[1], leading: [])
      return [
        Reference(shape: product.shape) {
          Reference.activated(product[$0] + (all.count > 2 ? all[2].broadcastElement($0) : 0), op.activation)
        }
      ]
    case let op as Add: return [try Self.combined(all) { Reference.activated($0 + $1, op.activation) }]
    case is Mul: return [try Self.combined(all, *)]
    case is Relu: return [all[0].map { max(0, $0) }]
    case is Sigmoid: return [all[0].map { 1 / (1 + exp(-$0)) }]
    case is Tanh: return [all[0].map { tanh($0) }]
    case is Clip: return [all[0].map { min(max($0, all[1].values[0]), all[2].values[0]) }]
    case is GlobalAveragePool:
      let spatial = Array(all[0].shape.dropFirst(2))
      return [
        Reference(shape: all[0].shape.prefix(2) + spatial.map { _ in 1 }) { position in
          let values = Reference.positions(spatial).map { all[0][position.prefix(2) + $0] }
          return values.reduce(0, +) / Double(values.count)
        }
      ]
    case is Flatten, is Concat, is Split, is Transpose:
      guard let op = node.op as? any Executable else { throw Unknown(name: node.op.name) }
      // These round nothing, and the engine moves doubles as well.
      return try op.evaluate(all.map { Tensor(shape: $0.shape, storage: .float64($0.values)) }).map(
        Reference.init)
    default: throw Unknown(name: node.op.name)
    }
  }

  private static func combined(_ operands: [Reference], _ body: (Double, Double) -> Double) throws
    -> Reference
  {
    let (a, b) = (operands[0], operands[1])
    let shape = try Shape.broadcast(Shape(a.shape), Shape(b.shape)).sizes ?? []
    return Reference(shape: shape) { body(a.broadcastElement($0), b.broadcastElement($0)) }
  }
}
