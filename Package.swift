// swift-tools-version: 6.1
import PackageDescription

/// Targets that only the build of this package needs share these settings.
let swift: [SwiftSetting] = []

/// The kernels and the runtime are hot even where the rest is built for debugging.
let kernelFlags: [CSetting] = [.headerSearchPath("."), .headerSearchPath("x86")]

let package = Package(
  name: "pith",
  products: [
    .executable(name: "compress", targets: ["compress"]),
    .library(name: "Pith", targets: ["Pith"]),
    .library(name: "PithRuntime", targets: ["PithRuntime", "PithHost"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // The runtime: what ships to a device.
    .target(name: "CPith"),
    .target(name: "CPithKernels", cSettings: kernelFlags),
    .target(name: "PithRuntime", dependencies: ["CPith", "CPithKernels"]),
    .target(name: "PithHost", dependencies: ["PithRuntime", "CPith"]),

    // The toolchain.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(name: "COnnx", dependencies: ["CProtobufC"]),
    .target(name: "PithGraph"),
    .target(name: "PithFiles"),
    .target(name: "PithImport", dependencies: ["PithGraph", "COnnx", "CZlib", "CZip"]),
    .target(name: "PithExport", dependencies: ["PithGraph", "COnnx", "PithFiles"]),
    .target(
      name: "PithData",
      dependencies: ["PithFiles", "CZlib", "CTurboJPEG", "CPNG", .product(name: "Yams", package: "Yams")]),
    .target(name: "CPithFloatKernels"),
    .target(name: "PithEngine", dependencies: ["PithGraph", "COpenBLAS", "CPithFloatKernels"]),
    .systemLibrary(name: "CPithMath"),
    .target(
      name: "PithTrain", dependencies: ["PithGraph", "PithEngine", "PithData", "PithFiles", "CPithMath"]),
    .target(
      name: "PithPasses", dependencies: ["PithGraph", "PithEngine", "PithData", "PithTrain", "PithFiles"]),
    .target(
      name: "PithLower", dependencies: ["PithGraph", "PithPasses", "PithFiles", "CPith", "CPithKernels"]),
    .target(name: "PithReport", dependencies: ["PithGraph", "PithFiles"]),
    .target(
      name: "Pith",
      dependencies: [
        "PithGraph", "PithImport", "PithExport", "PithData", "PithEngine", "PithTrain", "PithPasses",
        "PithLower", "PithReport", "PithFiles", "PithHost", "CPith", "CPithKernels",
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "compress",
      dependencies: ["Pith", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    // Tests: one target a room.
    .target(name: "PithTestSupport", dependencies: ["PithGraph", "PithData"], path: "Tests/PithTestSupport"),
    .testTarget(name: "PithGraphTests", dependencies: ["PithGraph", "PithTestSupport"]),
    .testTarget(
      name: "PithImportTests", dependencies: ["PithImport", "PithExport", "PithEngine", "PithTestSupport"]),
    .testTarget(name: "PithFilesTests", dependencies: ["PithFiles"]),
    .testTarget(name: "PithDataTests", dependencies: ["PithData", "PithFiles", "CZlib"]),
    .testTarget(
      name: "PithEngineTests",
      dependencies: ["PithEngine", "CPithFloatKernels", "PithImport", "PithTestSupport"]),
    .target(
      name: "CPithKernelsEmulated", dependencies: ["CPithKernels"], path: "Tests/CPithKernelsEmulated"),
    .testTarget(
      name: "PithKernelsTests",
      dependencies: ["CPith", "CPithKernels", "CPithKernelsEmulated", "PithTestSupport"]),
    .testTarget(
      name: "PithRuntimeTests", dependencies: ["PithRuntime", "PithHost", "CPith", "PithTestSupport"]),
    .testTarget(name: "PithTrainTests", dependencies: ["PithTrain", "PithTestSupport"]),
    .testTarget(name: "PithPassesTests", dependencies: ["PithPasses", "PithImport", "PithTestSupport"]),
    .testTarget(
      name: "PithLowerTests", dependencies: ["PithLower", "PithHost", "Pith", "PithTestSupport"]),
    .testTarget(name: "PithReportTests", dependencies: ["PithReport", "PithTestSupport"]),
    .testTarget(name: "CompressTests", dependencies: ["compress"]),
    .testTarget(name: "PithTests", dependencies: ["Pith", "PithTestSupport"]),
  ]
)

// While working on one room: PITH_ONLY=PithEngineTests swift test … builds that target and what it needs, nothing else.
if let only = Context.environment["PITH_ONLY"] {
  var needed = Set(only.split(separator: ",").map(String.init))
  var waiting = Array(needed)
  while let name = waiting.popLast() {
    for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
      switch dependency {
      case .byNameItem(let name, _), .targetItem(let name, _):
        if needed.insert(name).inserted { waiting.append(name) }
      default: break
      }
    }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
