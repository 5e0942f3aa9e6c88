import PithGraph

/// Opens a file of weights by its content: `.safetensors`, or a `.pt` or `.pth` with a state dict.
enum TorchWeightFile {
  static func read(path: String) throws -> TorchWeights {
    let bytes = try FileBytes(path: path)
    return try read(bytes.raw, owner: bytes, name: FileBytes.name(of: path))
  }

  /// - Throws: `ImportError` where the file is no such file.
  static func read(_ bytes: UnsafeRawBufferPointer, owner: AnyObject, name: String) throws -> TorchWeights {
    do {
      switch ModelFormat(bytes) {
      case .safetensors: return try Safetensors.read(bytes, owner: owner)
      case .zip:
        let zip = try ZipFile(bytes, owner: owner)
        switch TorchArchive(zip) {
        case .pickle(let prefix): return try StateDictionary.read(zip, prefix: prefix)
        case .program(let prefix, let model):
          return try TorchProgramFile(zip, prefix: prefix, model: model).weights
        case .olderProgram: return try TorchProgramFile(older: zip).weights
        case .torchScript:
          throw GraphError(
            "is TorchScript; save its weights in Python: torch.save(torch.jit.load('\(name.printable())').state_dict(), 'weights.pth')"
          )
        case .compiled, .package, nil:
          throw GraphError(
            "is a zip archive without a state dict; save torch.save(model.state_dict(), 'weights.pth')")
        }
      case .pickle:
        throw GraphError(
          "is a pickle as PyTorch wrote before version 1.6; load and save it again in Python: torch.save(torch.load('\(name.printable())', weights_only=True), 'weights.pth')"
        )
      case let format:
        throw GraphError(
          "\(format == .unknown ? "is no file of weights" : format.advice); name a .safetensors, .pt or .pth file"
        )
      }
    } catch let error as GraphError {
      throw ImportError(file: name, error.message)
    }
  }
}
