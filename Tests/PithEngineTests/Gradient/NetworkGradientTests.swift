import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Gradients of whole networks, by the engine's plan, against central differences.
@Suite struct NetworkGradientTests {
  /// Cotangents for the outputs of a network.
  static func cotangents(_ outputs: [Tensor]) -> [Tensor] {
    outputs.enumerated().map { SeededRandom.tensor($1.shape, seed: 50 + $0) }
  }

  @Test(arguments: SmallNetwork.all, [true, false])
  func parametersAndInputsAgreeWithDifferences(_ network: SmallNetwork, isTraining: Bool) throws {
    let engine = try GradientEngine(network.graph, parameters: network.parameters, differentiatesInputs: true)
    var tape = try engine.forward([network.input], Weights(network.graph), isTraining: isTraining)
    let cotangents = Self.cotangents(tape.outputs)
    let outputs = tape.outputs
    let gradients = try engine.backwardWithInputs(&tape, outputGradients: cotangents)

    let reference = ReferenceNetwork(graph: network.graph, isTraining: isTraining)
    var constants: [ValueID: Reference] = [:]
    for index in network.graph.values.indices {
      constants[ValueID(index)] = network.graph.values[index].constant.map(Reference.init)
    }
    let exact = try reference.run([Reference(network.input)], constants)
    for (output, expected) in zip(outputs, exact) { expectClose(output, expected, tolerance: 1e-4) }
    let weights = cotangents.map(Reference.init)
    func scalar(_ id: ValueID, _ change: (inout [Double]) -> Void) throws -> Double {
      var (input, changed) = (Reference(network.input), constants)
      if id == network.graph.inputs[0] { change(&input.values) } else { change(&changed[id]!.values) }
      return zip(try reference.run([input], changed), weights).reduce(0) { sum, pair in
        zip(pair.0.values, pair.1.values).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    var random = SeededRandom(seed: 60)
    let found = zip(network.parameters + [network.graph.inputs[0]], gradients.parameters + gradients.inputs)
    for (id, gradient) in found {
      let actual = Reference(try #require(gradient)).values
      let step = 1e-5
      let mean = actual.reduce(0) { $0 + abs($1) } / Double(actual.count)
      for index in random.ints(2, in: 0...actual.count - 1) {
        let slope =
          (try scalar(id) { $0[index] += step } - scalar(id) { $0[index] -= step }) / (2 * step)
        #expect(
          abs(slope - actual[index]) <= 2e-3 * max(abs(slope), mean),
          "∂/∂\(network.graph[id].name)[\(index)] is \(actual[index]), not \(slope)")
      }
      let direction = random.floats(actual.count).map(Double.init)
      func moved(_ by: Double) throws -> Double {
        try scalar(id) { values in
          for index in values.indices { values[index] += by * direction[index] }
        }
      }
      let slope = (try moved(step) - moved(-step)) / (2 * step)
      let along = zip(actual, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let magnitude = zip(actual, direction).reduce(0) { $0 + abs($1.0 * $1.1) }
      #expect(abs(slope - along) <= 1e-3 * magnitude, "along a direction of \(network.graph[id].name)")
    }
  }

  /// Parameters that are trained alone have the gradients that they have among all.
  @Test(arguments: SmallNetwork.all)
  func partsOfTheParametersAreLikeAll(_ network: SmallNetwork) throws {
    func gradients(_ parameters: [ValueID]) throws -> [Tensor?] {
      let engine = try GradientEngine(network.graph, parameters: parameters)
      var tape = try engine.forward([network.input], Weights(network.graph))
      return try engine.backward(&tape, outputGradients: Self.cotangents(tape.outputs))
    }
    let all = try gradients(network.parameters)
    for (id, gradient) in zip(network.parameters, all) { #expect(try gradients([id]) == [gradient]) }
    #expect(try gradients(network.parameters.reversed()) == all.reversed())
    #expect(try gradients([]) == [])
  }

  @Test(arguments: SmallNetwork.all)
  func inferenceIsThatOfTheFloatEngine(_ network: SmallNetwork) throws {
    let tape = try GradientEngine(network.graph, parameters: network.parameters)
      .forward([network.input], Weights(network.graph), isTraining: false)
    // To rounding: steps that the float engine takes one by one are one here.
    for (output, expected) in zip(tape.outputs, try FloatEngine(network.graph).run([network.input])) {
      expectClose(output, Reference(expected), tolerance: 1e-5)
    }
    #expect(tape.statistics.isEmpty)
  }
}
