import PithGraph

/// Reads what PyTorch saves: programs of `torch.export` as networks, and state dicts as weights for them.
public enum PyTorchImporter {
  /// Reads a program of `torch.export.save`, in the layout of its archive from version 2.8 on or the one before.
  /// - Parameters:
  ///   - path: the `.pt2` file.
  ///   - weights: a `.safetensors` file, or a `.pt` or `.pth` file with a state dict, whose tensors take the place of the
  ///     program's own parameters and buffers of the same names.
  /// - Returns: the graph with all types inferred; a dynamic axis is called `batch` if it is the first, else
  ///   `INPUT_axisN`.
  /// - Throws: `ImportError` that names the file, the call and what to do.
  public static func read(path: String, weights: String? = nil) throws -> Graph {
    let bytes = try FileBytes(path: path)
    let replacement = try weights.map {
      try StateReplacement(TorchWeightFile.read(path: $0), file: FileBytes.name(of: $0))
    }
    return try read(bytes.raw, owner: bytes, name: FileBytes.name(of: path), weights: replacement)
  }

  /// Reads a program from memory.
  public static func read(bytes: [UInt8], name: String = "model.pt2") throws -> Graph {
    let owner = ByteOwner(bytes)
    return try read(owner.raw, owner: owner, name: name, weights: nil)
  }

  static func read(
    _ bytes: UnsafeRawBufferPointer, owner: AnyObject, name: String, weights: StateReplacement?
  ) throws -> Graph {
    let format = ModelFormat(bytes)
    guard format == .zip else { throw ImportError(file: name, refusal(format)) }
    let zip: ZipFile
    do {
      zip = try ZipFile(bytes, owner: owner)
    } catch let error as GraphError {
      throw ImportError(file: name, error.message)
    }
    return try read(zip, name: name, weights: weights)
  }

  /// Reads a program from an archive.
  static func read(_ zip: ZipFile, name: String, weights: StateReplacement? = nil) throws -> Graph {
    do {
      guard let archive = TorchArchive(zip) else { throw GraphError(ModelFormat.zip.advice) }
      return try translate(try program(archive, zip), name: name, weights: weights)
    } catch var error as ImportError {
      if error.file.isEmpty { error.file = name }
      throw error
    } catch let error as GraphError {
      throw ImportError(file: name, node: error.node, error.message)
    }
  }

  private static func refusal(_ format: ModelFormat) -> String {
    switch format {
    case .pickle, .safetensors:
      "holds weights only, without the network; give them beside it: compress import --architecture model.pt2 --weights FILE"
    default: format.advice
    }
  }

  private static func program(_ archive: TorchArchive, _ zip: ZipFile) throws -> TorchProgramFile {
    switch archive {
    case .program(let prefix, let model): return try TorchProgramFile(zip, prefix: prefix, model: model)
    case .olderProgram: return try TorchProgramFile(older: zip)
    case .pickle(let prefix):
      // Says so by itself where it is a whole model.
      _ = try StateDictionary.read(zip, prefix: prefix)
      throw GraphError(
        "is a state dict: weights without the network; give them beside it: compress import --architecture model.pt2 --weights FILE"
      )
    case .torchScript:
      throw GraphError("is TorchScript, which Pith does not read; in Python, write \(TorchPickle.exportLine)")
    case .compiled:
      throw GraphError(
        "is compiled by AOTInductor, which cannot be read back; in Python, write \(TorchPickle.exportLine)")
    case .package:
      throw GraphError("is a torch.package of Python code; in Python, write \(TorchPickle.exportLine)")
    }
  }

  // MARK: Translation

  static func translate(
    _ file: TorchProgramFile, name: String, weights: StateReplacement?
  ) throws -> Graph {
    let program = file.program
    guard ExportedProgram.supportedVersions.contains(program.schemaVersion.major) else {
      throw GraphError(
        "its schema has version \(program.schemaVersion.major), but \(ExportedProgram.supportedVersions.lowerBound) to \(ExportedProgram.supportedVersions.upperBound) are understood; export it with a current PyTorch"
      )
    }
    let nodes = program.graphModule.graph.nodes
    try AtenOperators.check(nodes)
    try checkMutations(program.graphModule.signature)
    let builder = TorchGraphBuilder(program, name: name.split(separator: ".").first.map(String.init) ?? "")
    try TorchInputs.add(file, to: builder, weights: weights)
    for (position, node) in nodes.enumerated() {
      guard let target = AtenOperators.aten(node.target), !AtenOperators.isSizeArithmetic(node.target) else {
        continue
      }
      builder.position = position
      do {
        try read(node, target, into: builder)
      } catch let error as GraphError {
        let label = node.outputs.flatMap(\.names).first ?? ""
        throw ImportError(file: "", node: "'\(label.printable())' (\(target.printable()))", error.message)
      }
    }
    try TorchOutputs.mark(program.graphModule, of: builder)
    return builder.graph
  }

  private static func read(
    _ node: ExportedProgram.Call, _ target: String, into builder: TorchGraphBuilder
  ) throws {
    guard let (reader, plain, isInPlace) = AtenOperators.reader(of: target) else { return }
    let call = AtenCall(node, target: plain, builder: builder)
    let changed = isInPlace ? try call.firstName() : nil
    let viewed = AtenOperators.views.contains(call.name) ? try? call.firstName() : nil
    try reader.read(call)
    try call.checkAllTaken()
    for name in call.outputNames { try check(name, in: builder) }
    if let changed, let output = call.outputNames.first {
      try builder.mutate(changed, to: try builder.tensor(output), called: output)
    }
    if let viewed { for output in call.outputNames { builder.noteView(output, of: viewed) } }
  }

  /// What was added must have the shape that the program notes: a translation that went wrong would be seen here.
  private static func check(_ name: String, in builder: TorchGraphBuilder) throws {
    guard case .tensor(let id)? = try? builder.value(name), let meta = builder.meta(name) else { return }
    let type = try builder.type(id)
    let fits =
      type.shape.rank == meta.sizes.count
      && zip(type.shape.dimensions, meta.sizes).allSatisfy { dimension, size in
        guard case .number(let number) = size, let known = dimension.size else { return true }
        return number == known
      }
    guard fits else {
      throw GraphError(
        "it gives shape \(type.shape), but the program notes another for '\(name.printable())'; is the file damaged?"
      )
    }
    let element = try TorchScalarType(number: meta.dtype).element()
    guard element == type.element else {
      throw GraphError(
        "it gives \(type.element.rawValue), but the program notes \(element.rawValue) for '\(name.printable())'; is the file damaged?"
      )
    }
  }

  private static func checkMutations(_ signature: ExportedProgram.Signature) throws {
    for output in signature.outputSpecs {
      let changed: String
      if let mutation = output.bufferMutation {
        changed = "its buffer '\(mutation.bufferName.printable())'"
      } else if let mutation = output.parameterMutation {
        changed = "its parameter '\(mutation.parameterName.printable())'"
      } else {
        continue
      }
      throw GraphError(
        "the network changes \(changed) as it runs; export it in evaluation mode: model.eval() before torch.export.export"
      )
    }
  }
}
