import PithGraph

@testable import PithImport

/// Tries the readers of PyTorch's files: programs in archives and out of them, pickles, .safetensors files.
func fuzzPyTorch(_ bytes: [UInt8]) {
  switch bytes.first {
  case UInt8(ascii: "P"):
    if let graph = try? PyTorchImporter.read(bytes: bytes) { survive(graph) }
    readWeights(bytes)
  case UInt8(ascii: "{"):
    if let graph = try? readProgram(bytes) { survive(graph) }
  case 0x80:
    var reader = PickleReader(bytes)
    guard let value = try? reader.read() else { return }
    _ = try? StateDictionary.tensors(value, reader.containers)
  default: readWeights(bytes)
  }
}

/// Every tensor of a file of weights.
func readWeights(_ bytes: [UInt8]) {
  let owner = ByteOwner(bytes)
  guard let weights = try? TorchWeightFile.read(owner.raw, owner: owner, name: "weights") else { return }
  for name in weights.entries.keys.prefix(64) { _ = try? weights.tensor(name) }
}

/// A program without its archive: every tensor that it has is of zeros.
func readProgram(_ json: [UInt8]) throws -> Graph {
  let program = try ExportedProgram(json: json)
  var entries: [String: TorchWeights.Entry] = [:]
  for spec in program.graphModule.signature.inputSpecs {
    let names: (String, String)? =
      spec.parameter.map { ($0.arg.name, $0.parameterName) } ?? spec.buffer.map {
        ($0.arg.name, $0.bufferName)
      }
      ?? spec.tensorConstant.map { ($0.arg.name, $0.tensorConstantName) }
    guard let (name, stateName) = names, let meta = program.graphModule.graph.tensorValues[name] else {
      continue
    }
    entries[stateName] = TorchWeights.Entry(storage: "zeros", layout: try meta.layout())
  }
  let weights = TorchWeights(entries, byteLimit: 1 << 26) { _ in [UInt8](repeating: 0, count: 1 << 16) }
  let file = TorchProgramFile(program: program, weights: weights, constants: weights)
  return try PyTorchImporter.translate(file, name: "program", weights: nil)
}
