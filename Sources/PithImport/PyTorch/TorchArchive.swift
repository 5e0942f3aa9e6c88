import PithGraph

/// What a zip archive of PyTorch holds, told from the names of its entries.
enum TorchArchive {
  /// `torch.export.save` from version 2.8 on; the prefix of all names, and the model's name.
  case program(prefix: String, model: String)
  /// `torch.export.save` before.
  case olderProgram
  /// `torch.save`: a pickle with storages, under a prefix.
  case pickle(prefix: String)
  /// `torch.jit.save`.
  case torchScript
  /// Compiled by AOTInductor.
  case compiled
  /// `torch.package`.
  case package

  /// Nil where the archive is not PyTorch's.
  init?(_ zip: ZipFile) {
    let names = zip.entries.map(\.name)
    func prefix(_ suffix: String) -> String? {
      names.filter { $0.hasSuffix(suffix) && ($0 == suffix || $0.dropLast(suffix.count).hasSuffix("/")) }
        .map { String($0.dropLast(suffix.count)) }.min { $0.utf8.count < $1.utf8.count }
    }
    if zip["serialized_exported_program.json"] != nil {
      self = .olderProgram
    } else if let folder = prefix("archive_format"),
      let model = names.first(where: { $0.hasPrefix("\(folder)models/") && $0.hasSuffix(".json") })
    {
      self = .program(
        prefix: folder, model: String(model.dropFirst("\(folder)models/".utf8.count).dropLast(5)))
    } else if prefix("archive_format") != nil || names.contains(where: { $0.contains("data/aotinductor/") }) {
      self = .compiled
    } else if let folder = prefix("constants.pkl"),
      names.contains(where: { $0.hasPrefix("\(folder)code/") }) || zip["\(folder)data.pkl"] != nil
    {
      self = .torchScript
    } else if let folder = prefix("data.pkl") {
      self = .pickle(prefix: folder)
    } else if names.contains(where: { $0.hasSuffix(".data/extern_modules") }) {
      self = .package
    } else {
      return nil
    }
  }
}
