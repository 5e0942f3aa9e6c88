/// What a file looks like, from its first bytes: to tell a user who names the wrong file what it is.
public enum ModelFormat: String, Sendable, Hashable, CaseIterable {
  case empty
  case pith
  case tflite
  case hdf5
  case zip
  case pickle
  case safetensors
  case gzip
  case numpy
  case gitLFSPointer
  case html
  case text
  /// Nothing known: ONNX has no signature of its own, so it may be that.
  case unknown

  /// Recognizes a file by its signature.
  public init(_ bytes: UnsafeRawBufferPointer) {
    let head = Array(bytes.prefix(512))
    func starts(_ signature: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset + signature.count && Array(head[offset..<(offset + signature.count)]) == signature
    }
    func starts(_ text: String, at offset: Int = 0) -> Bool { starts(Array(text.utf8), at: offset) }

    let isText = head.allSatisfy { (0x20..<0x7f).contains($0) || (9...13).contains($0) }
    let start = String(decoding: head.prefix(64), as: UTF8.self).lowercased().drop { $0.isWhitespace }
    if head.isEmpty {
      self = .empty
    } else if starts("PITH") {
      self = .pith
    } else if starts("TFL3", at: 4) {
      self = .tflite
    } else if starts([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .hdf5
    } else if starts([0x50, 0x4b, 3, 4]) || starts([0x50, 0x4b, 5, 6]) {
      self = .zip
    } else if starts([0x1f, 0x8b]) {
      self = .gzip
    } else if starts([0x93] + Array("NUMPY".utf8)) {
      self = .numpy
    } else if head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) {
      self = .pickle
    } else if Safetensors.begins(head) {
      self = .safetensors
    } else if starts("version https://git-lfs") {
      self = .gitLFSPointer
    } else if start.hasPrefix("<!doctype") || start.hasPrefix("<html") {
      self = .html
    } else {
      self = isText ? .text : .unknown
    }
  }

  /// Recognizes the file at a path.
  /// - Throws: `ImportError` where it cannot be read.
  init(path: String) throws {
    let bytes = try FileBytes(path: path, limit: 512)
    self = withExtendedLifetime(bytes) { ModelFormat(bytes.raw) }
  }

  /// What the file is and what to do about it, as the end of a sentence that begins with its name.
  public var advice: String {
    switch self {
    case .empty: "is empty; was its download or export interrupted?"
    case .pith: "is a .pith file, which is compiled already; name the model that it was made from"
    case .tflite: "is a TensorFlow Lite model, which this command does not read"
    case .hdf5: "is an HDF5 file, such as Keras writes, which this command does not read"
    case .zip:
      "is a zip archive, but holds no model of PyTorch (.pt2) or Keras (.keras)"
    case .pickle:
      "is a Python pickle, as PyTorch wrote before version 1.6; in Python, write \(TorchPickle.exportLine)"
    case .safetensors:
      "holds weights only, without the network; give them beside it: compress import --architecture model.pt2 --weights FILE"
    case .gzip: "is compressed with gzip; unpack it first"
    case .numpy: "is a NumPy array and not a model; is it meant as data?"
    case .gitLFSPointer: "is a git-lfs pointer and not the model itself; fetch it with 'git lfs pull'"
    case .html: "is a web page; the download gave a page instead of the model"
    case .text: "is text and not a model"
    case .unknown: "is not an ONNX file, or it is damaged; export or download it again"
    }
  }
}
