import ArgumentParser

/// What commands say of the model that they read.
enum ModelFile {
  /// The formats, in one clause.
  static let formats =
    "ONNX, PyTorch (.pt2), Keras (.keras, .h5), TensorFlow (a SavedModel's folder) or .tflite"
  /// The extensions of the files.
  static let extensions = ["onnx", "pt2", "keras", "h5", "hdf5", "tflite"]

  /// Of a command that reads networks only.
  static let help: ArgumentHelp = "A model of \(formats)."
  static let completion: CompletionKind = .file(extensions: extensions)

  /// Of a command that reads also what `compress quantize` writes.
  static let helpWithPrograms: ArgumentHelp = "A .pith file, or a model of \(formats)."
  static let completionWithPrograms: CompletionKind = .file(extensions: extensions + ["pith"])
}
