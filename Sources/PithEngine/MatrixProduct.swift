import COpenBLAS
import PithGraph

/// Matrices in row-major order, as a BLAS takes them.
struct MatrixOperand {
  var base: UnsafePointer<Float>
  /// Elements from one row to the next, as the matrix is stored.
  var pitch: Int
  /// Whether the matrix meant is the transpose of the one stored.
  var isTransposed = false

  /// The matrix of the same layout that begins so many elements later.
  func offset(by count: Int) -> MatrixOperand {
    MatrixOperand(base: base + count, pitch: pitch, isTransposed: isTransposed)
  }

  /// The part that begins at a row and a column of the matrix meant.
  func part(row: Int, column: Int) -> MatrixOperand {
    MatrixOperand(
      base: base + (isTransposed ? column * pitch + row : row * pitch + column), pitch: pitch,
      isTransposed: isTransposed)
  }
}

enum MatrixProduct {
  /// c = alpha · a · b + beta · c for a of `rows` × `inner` and b of `inner` × `columns`, on this thread.
  /// - Precondition: the sizes are at most `Int32.max`.
  static func multiply(
    rows: Int, columns: Int, inner: Int, alpha: Float = 1, _ a: MatrixOperand, _ b: MatrixOperand,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    guard rows > 0, columns > 0 else { return }
    guard inner > 0 else {
      for row in 0..<rows {
        for column in 0..<columns {
          c[row * pitch + column] = beta == 0 ? 0 : beta * c[row * pitch + column]
        }
      }
      return
    }
    if rows == 1 && (!a.isTransposed || a.pitch == 1) {
      // A product of a row is memory-bound, and the matrix is read once where sgemm would copy it first.
      let (stored, size) = b.isTransposed ? (columns, inner) : (inner, columns)
      cblas_sgemv(
        CblasRowMajor, b.isTransposed ? CblasNoTrans : CblasTrans, Int32(stored), Int32(size), alpha,
        b.base, Int32(max(b.pitch, size)), a.base, 1, beta, c, 1)
      return
    }
    // A pitch may be shorter than the row where there is but one row; BLAS wants it no shorter.
    let pitchA = max(a.pitch, a.isTransposed ? rows : inner)
    let pitchB = max(b.pitch, b.isTransposed ? inner : columns)
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(inner), alpha, a.base, Int32(pitchA), b.base, Int32(pitchB), beta,
      c, Int32(max(pitch, columns)))
  }

  /// The same on as many threads as there are, where the product is large.
  ///
  /// The longer side of c is cut into even blocks that are large enough to pay for reading the other factor once a block.
  static func multiplyInParallel(
    rows: Int, columns: Int, inner: Int, alpha: Float = 1, _ a: MatrixOperand, _ b: MatrixOperand,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    let longer = max(rows, columns)
    let block = longer >= 1536 ? 384 : 192
    let work = Double(rows) * Double(columns) * Double(inner)
    var blocks = work >= 0x1p18 ? (longer + block - 1) / block : 1
    // Below that size two threads still gain where the product takes many times as long as handing out half of it.
    if blocks == 1, work >= 0x1p21, longer >= 32 { blocks = 2 }
    Parallelism.forEach(blocks) { index, _ in
      // The library's kernels compute 16 rows or columns at a time.
      func cut(_ index: Int) -> Int { index == blocks ? longer : index * longer / blocks & ~15 }
      let range = cut(index)..<cut(index + 1)
      if rows >= columns {
        multiply(
          rows: range.count, columns: columns, inner: inner, alpha: alpha,
          a.part(row: range.lowerBound, column: 0), b, beta: beta, c + range.lowerBound * pitch, pitch: pitch)
      } else {
        multiply(
          rows: rows, columns: range.count, inner: inner, alpha: alpha, a,
          b.part(row: 0, column: range.lowerBound), beta: beta, c + range.lowerBound, pitch: pitch)
      }
    }
  }
}
