import Foundation

/// How far the integer program's activations are from the fp32 graph's, layer by layer, on real samples.
public struct SignalToNoise: Sendable {
  private var signal: [ValueID: Double] = [:]
  private var noise: [ValueID: Double] = [:]

  /// 10 · log10(Σ x² / Σ (x − x̂)²) in decibels; nil where nothing was compared or the two agree exactly.
  public func decibels(_ value: ValueID) -> Double? {
    guard let signal = signal[value], let noise = noise[value], noise > 0, signal > 0 else { return nil }
    return 10 * log10(signal / noise)
  }

  /// Runs both over samples.
  /// - Parameters:
  ///   - model: the quantized model whose program is run with every intermediate kept.
  ///   - samples: what the program takes in one run: one sample each, or a whole batch where that is fixed.
  public static func measure(_ model: QuantizedModel, samples: [[Float]]) throws -> SignalToNoise {
    let program = try Lowering.lower(model, keepsIntermediates: true)
    let session = PithSession(try PithModel(bytes: program.bytes, source: model.graph.name))
    let engine = try FloatEngine(model.graph)
    let states = model.settings.states
    guard let input = model.graph.inputs.first(where: { states[model.graph[$0].name] == nil }),
      let dimensions = model.graph[input].type?.shape.dimensions
    else {
      return SignalToNoise()
    }
    let shape = dimensions.map { $0.size ?? 1 }
    let result = Accumulator()
    let masked = model.maskedScores
    for sample in samples where sample.count == shape.reduce(1, *) {
      session.reset()
      _ = try session.run(inputs: [sample])
      let tensor = try model.graph.samples(shape, sample, for: input, name: model.graph.name)
      let inputs = model.graph.inputs(feeding: input, tensor)
      _ = try engine.run(inputs) { value, tensor in
        guard let trace = program.traces[value], let floats = tensor.floats,
          let bytes = session.bytes(ofTensor: trace.tensor)
        else { return }
        result.value.add(value, floats, bytes, trace, isMasked: masked.contains(value))
      }
    }
    return result.value
  }

  private final class Accumulator {
    var value = SignalToNoise()
  }

  private mutating func add(
    _ value: ValueID, _ floats: [Float], _ bytes: [UInt8], _ trace: Program.Trace, isMasked: Bool
  ) {
    guard floats.count == trace.dims.reduce(1, *) else { return }
    var (power, error) = (0.0, 0.0)
    for n in 0..<trace.dims[0] {
      for h in 0..<trace.dims[1] {
        for w in 0..<trace.dims[2] {
          let byte =
            trace.byteOffset + n * trace.byteStrides[0] + h * trace.byteStrides[1] + w * trace.byteStrides[2]
          let element =
            n * trace.elementStrides[0] + h * trace.elementStrides[1] + w * trace.elementStrides[2]
          for c in 0..<trace.dims[3] {
            let x = Double(floats[element + c * trace.elementStrides[3]])
            // What is masked is nothing, however far down.
            if isMasked, QuantizedModel.isMasked(Float(x)) { continue }
            let difference = x - Double(trace.parameters.real(bytes[byte + c * trace.byteStrides[3]]))
            power += x * x
            error += difference * difference
          }
        }
      }
    }
    signal[value, default: 0] += power
    noise[value, default: 0] += error
  }
}
