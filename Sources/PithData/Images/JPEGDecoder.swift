import CTurboJPEG
import PithFiles

/// Reads JPEG images by libjpeg-turbo.
final class JPEGDecoder {
  private let handle: tjhandle?

  init() { handle = tjInitDecompress() }

  deinit { if let handle { tjDestroy(handle) } }

  func header(_ bytes: [UInt8], of file: ImageFile) throws -> ImageDecoder.Header {
    let handle = try open(file)
    var (width, height, subsampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let code = tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colours)
    guard code == 0 || isHarmless(message(handle)) else {
      throw ImageDecoder.damaged(file, "JPEG", message(handle))
    }
    if colours == TJCS_CMYK.rawValue || colours == TJCS_YCCK.rawValue {
      throw file.error("is a JPEG image in CMYK, for printing; convert it to RGB")
    }
    return ImageDecoder.Header(
      height: Int(height), width: Int(width), isGrey: colours == TJCS_GRAY.rawValue)
  }

  func decode(
    _ bytes: [UInt8], of file: ImageFile, _ header: ImageDecoder.Header, asGrey: Bool,
    into image: inout PixelImage
  ) throws {
    let handle = try open(file)
    image.reset(height: header.height, width: header.width, channels: asGrey ? 1 : 3)
    let format = asGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue
    func decompress(_ flags: Int32) -> String? {
      let code = tjDecompress2(
        handle, bytes, UInt(bytes.count), &image.pixels, Int32(header.width), 0, Int32(header.height),
        Int32(format), flags | TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      return code == 0 ? nil : message(handle)
    }
    guard let warning = decompress(TJFLAG_STOPONWARNING) else { return }
    // Cameras leave bytes between the parts of a file, which hurts no one; after any other warning, pixels are
    // made up.
    if isHarmless(warning), decompress(0).map(isHarmless) ?? true { return }
    throw ImageDecoder.damaged(file, "JPEG", warning)
  }

  private func isHarmless(_ warning: String) -> Bool { warning.contains("extraneous bytes before marker") }

  private func open(_ file: ImageFile) throws -> tjhandle {
    guard let handle else { throw file.error("not enough memory to decode it") }
    return handle
  }

  private func message(_ handle: tjhandle) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown"
  }
}
