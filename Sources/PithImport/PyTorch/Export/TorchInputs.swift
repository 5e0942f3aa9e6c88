import PithGraph

/// Adds the inputs of an exported program: those of the network, and the tensors that it holds.
enum TorchInputs {
  static func add(_ file: TorchProgramFile, to builder: TorchGraphBuilder, weights: StateReplacement?) throws
  {
    let signature = file.program.graphModule.signature
    let arguments = file.program.graphModule.graph.inputs
    guard signature.inputSpecs.count == arguments.count else {
      throw GraphError("its signature does not fit its inputs; export the model again")
    }
    if let weights {
      try weights.match(stateNames(signature, file), shapes: file.weights)
    }
    // Symbols are named after the network's own inputs, which come last.
    for (spec, argument) in zip(signature.inputSpecs, arguments) {
      if spec.userInput != nil, case .tensor(let name) = argument { try builder.addInput(name) }
    }
    for spec in signature.inputSpecs {
      if let parameter = spec.parameter {
        let tensor =
          try weights?.tensor(parameter.parameterName) ?? file.weights.tensor(parameter.parameterName)
        builder.addConstant(parameter.arg.name, called: parameter.parameterName, tensor)
      } else if let buffer = spec.buffer {
        // Buffers that are not persistent are beside the state dict.
        let tensor =
          try weights?.tensor(buffer.bufferName)
          ?? (file.weights.entries[buffer.bufferName] == nil ? file.constants : file.weights).tensor(
            buffer.bufferName)
        builder.addConstant(buffer.arg.name, called: buffer.bufferName, tensor)
      } else if let constant = spec.tensorConstant {
        let name = constant.tensorConstantName
        let tensor = try (file.constants.entries[name] == nil ? file.weights : file.constants).tensor(name)
        builder.addConstant(constant.arg.name, called: name, tensor)
      } else if let user = spec.userInput {
        if case .size(.name(let name)) = user.arg {
          throw GraphError(
            "its input '\(name.printable())' is an integer of any value, which Pith does not take; export it as a constant"
          )
        }
      } else if spec.constantInput == nil {
        throw GraphError("it has an input of a kind that Pith does not know, as a custom object")
      }
    }
  }

  /// The names of the parameters and buffers that the state dict has.
  private static func stateNames(_ signature: ExportedProgram.Signature, _ file: TorchProgramFile) -> [String]
  {
    signature.inputSpecs.compactMap { $0.parameter?.parameterName ?? $0.buffer?.bufferName }
      .filter { file.weights.entries[$0] != nil }
  }
}
