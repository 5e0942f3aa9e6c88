import PithGraph

/// An archive of `torch.export.save`, opened: the program, and its tensors by name.
struct TorchProgramFile {
  var program: ExportedProgram
  /// Parameters and persistent buffers, as in the model's state dict.
  var weights: TorchWeights
  /// Tensors that are no part of the state dict.
  var constants: TorchWeights

  init(program: ExportedProgram, weights: TorchWeights, constants: TorchWeights) {
    self.program = program
    self.weights = weights
    self.constants = constants
  }

  /// The names and places of the tensors in the current archive.
  private struct Payloads: Decodable {
    var config: [String: Payload]

    struct Payload: Decodable {
      var pathName: String
      var usePickle: Bool
      var tensorMeta: ExportedProgram.TensorMeta?
    }
  }

  /// Reads the current layout: `models/NAME.json`, and a file for each storage under `data/`.
  init(_ zip: ZipFile, prefix: String, model: String) throws {
    program = try ExportedProgram(json: try zip.read("\(prefix)models/\(model).json", limit: TorchJSON.limit))
    var isBigEndian = false
    if zip["\(prefix)byteorder"] != nil {
      isBigEndian = try zip.read("\(prefix)byteorder", limit: 64) == Array("big".utf8)
    }
    func payloads(_ folder: String, _ config: String) throws -> TorchWeights {
      let place = "\(prefix)data/\(folder)/\(config)"
      guard zip[place] != nil else { return .empty }
      let listed = try TorchJSON.decode(
        Payloads.self, try zip.read(place, limit: TorchJSON.limit), "'\(config.printable())'")
      var entries: [String: TorchWeights.Entry] = [:]
      for (name, payload) in listed.config {
        // Custom objects and subclasses of tensors are pickled; they are missed only where the program uses them.
        guard !payload.usePickle, let meta = payload.tensorMeta else { continue }
        entries[name] = TorchWeights.Entry(
          storage: "\(prefix)data/\(folder)/\(payload.pathName)", layout: try meta.layout())
      }
      return TorchWeights(entries, isBigEndian: isBigEndian) { try zip.read($0, limit: Int.max) }
    }
    weights = try payloads("weights", "\(model)_weights_config.json")
    constants = try payloads("constants", "\(model)_constants_config.json")
  }

  /// Reads the layout before: the program beside two archives of `torch.save`.
  init(older zip: ZipFile) throws {
    program = try ExportedProgram(
      json: try zip.read("serialized_exported_program.json", limit: TorchJSON.limit))
    weights = try TorchProgramFile.stateDictionary(zip, "serialized_state_dict.pt")
    constants =
      zip["serialized_constants.pt"] == nil
      ? .empty : try TorchProgramFile.stateDictionary(zip, "serialized_constants.pt")
  }

  private static func stateDictionary(_ zip: ZipFile, _ name: String) throws -> TorchWeights {
    let bytes = try zip.read(name, limit: Int.max)
    guard !bytes.isEmpty else { return .empty }
    let owner = ByteOwner(bytes)
    do {
      let inner = try ZipFile(owner.raw, owner: owner)
      guard case .pickle(let prefix) = TorchArchive(inner) else {
        throw GraphError("it is no archive of torch.save")
      }
      return try StateDictionary.read(inner, prefix: prefix)
    } catch let error as GraphError {
      throw GraphError("'\(name)': \(error.message)")
    }
  }
}

/// Bytes of an array that stay in their place as long as the object lives.
final class ByteOwner {
  let raw: UnsafeRawBufferPointer

  init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    memory.copyBytes(from: bytes)
    raw = UnsafeRawBufferPointer(memory)
  }

  deinit { raw.deallocate() }
}
