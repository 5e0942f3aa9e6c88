import PithGraph

/// Marks the outputs of an exported program.
enum TorchOutputs {
  static func mark(_ module: ExportedProgram.Module, of builder: TorchGraphBuilder) throws {
    var seen = Set<ValueID>()
    for (spec, argument) in zip(module.signature.outputSpecs, module.graph.outputs) {
      guard spec.userOutput != nil else { continue }
      guard case .tensor(let name) = argument else {
        // Python's own numbers and None, which some models give beside.
        continue
      }
      do {
        var id = try builder.tensor(name)
        // A value can be an output once; an input or constant has to pass through a node.
        let isMade = builder.isProduced(id)
        if !isMade || !seen.insert(id).inserted {
          id = try builder.add(Identity(), [id], name: "\(name).output")
          seen.insert(id)
        }
        builder.markOutput(id)
      } catch let error as GraphError {
        throw GraphError("output '\(name.printable())': \(error.message)")
      }
    }
    guard !seen.isEmpty else {
      throw GraphError("the network has no tensor as its output; export the model again")
    }
  }
}
