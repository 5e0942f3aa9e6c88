import PithEngine
import PithGraph
import PithTrain

/// A trained network that is asked what it makes of a batch.
///
/// Samples are run in pieces of the same size, the last one filled up, so that what comes out for a sample does not depend
/// on the batch it is in: a run that reads it from a cache gets the bits of a run that computes it.
public struct Teacher: Sendable {
  public let name: String
  /// What the network is: its operators, weights and outputs.
  public let identity: UInt64
  /// The shape of each output for one sample.
  public let outputShapes: [[Int]]
  /// Floats of all outputs for one sample.
  public var width: Int { outputShapes.reduce(0) { $0 + $1.reduce(1, *) } }

  private let engine: FloatEngine
  private let sampleShape: [Int]
  private let rows: Int

  /// - Parameter network: as imported, the outputs those that are asked for.
  /// - Throws: `GraphError` where it cannot be executed.
  public init(_ network: DistillationPlan.Network) throws {
    let graph = try Simplify.run(network.graph).graph
    name = network.name
    engine = try FloatEngine(graph)
    let shapes = try graph.specialized(batch: 1)
    guard let input = graph.inputs.first, graph.inputs.count == 1, let type = graph[input].type else {
      throw GraphError("\(network.name) has not one input, and distillation needs that")
    }
    rows = type.shape.dimensions.first?.size ?? 32
    sampleShape = Array(try shapes.sizes(input).dropFirst())
    outputShapes = try graph.outputs.map { Array(try shapes.sizes($0).dropFirst()) }
    identity = graph.contentHash
  }

  /// The outputs for a batch, one row of `width` floats a sample, all outputs of a sample side by side.
  /// - Parameter samples: `count` samples, each row-major.
  /// - Throws: `GraphError` where they do not fit.
  public func run(_ samples: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    let size = sampleShape.reduce(1, *)
    guard count > 0, samples.count == count * size else {
      throw GraphError("\(name) takes samples of \(size) values, and \(samples.count) are given for \(count)")
    }
    var result = [Float](repeating: 0, count: count * width)
    for start in stride(from: 0, to: count, by: rows) {
      let present = Swift.min(rows, count - start)
      var piece = [Float](samples[start * size..<(start + present) * size])
      piece += Array(repeating: 0, count: (rows - present) * size)
      let outputs = try engine.run([Tensor(shape: [rows] + sampleShape, floats: piece)])
      var offset = 0
      for (output, shape) in zip(outputs, outputShapes) {
        let length = shape.reduce(1, *)
        guard let values = output.floats, values.count == rows * length else {
          throw GraphError("\(name): an output has no row for each sample")
        }
        for row in 0..<present {
          let target = (start + row) * width + offset
          result.replaceSubrange(target..<target + length, with: values[row * length..<(row + 1) * length])
        }
        offset += length
      }
    }
    return result
  }
}
