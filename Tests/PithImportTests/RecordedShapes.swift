import PithGraph
import Testing

/// Expects the inputs and outputs of a graph to be as many, and the outputs of the shapes and types, as a framework recorded.
func expectShapes(_ graph: Graph, inputs: [Tensor], outputs: [Tensor]) throws {
  #expect(graph.inputs.count == inputs.count)
  #expect(graph.outputs.count == outputs.count)
  var sizes: [String: Int] = [:]
  for (id, input) in zip(graph.inputs, inputs) {
    for (dimension, size) in zip(graph[id].type?.shape.dimensions ?? [], input.shape) {
      if case .symbolic(let name) = dimension { sizes[name] = size }
    }
  }
  let specialized = try graph.specialized(sizes)
  for (id, output) in zip(specialized.outputs, outputs) {
    #expect(specialized[id].type?.shape.sizes == output.shape, "\(specialized[id].name)")
    #expect(specialized[id].type?.element == output.element, "\(specialized[id].name)")
  }
}
