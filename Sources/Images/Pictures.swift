public import Arrays

/// Several images as one picture, and pictures as text for a terminal.
public enum Pictures {
  /// Images side by side in rows with a thin white border, tiny ones enlarged by whole numbers.
  ///
  /// - Shapes: [N, 3, H, W] or [N, 1, H, W], float 0 ... 1 (or uint8) -> [3, h, w] float.
  public static func grid(_ images: NDArray, columns: Int? = nil, scale: Int? = nil) -> NDArray {
    precondition(images.rank == 4, "a batch of images")
    let (count, channels) = (images.shape[0], images.shape[1])
    let (height, width) = (images.shape[2], images.shape[3])
    let across = max(1, columns ?? Int(Double(count).squareRoot().rounded(.up)))
    let down = (count + across - 1) / across
    // Masks and single small images come out at about 256 pixels, many at no more than 512.
    let row = max(1, across * width)
    let factor = scale ?? max(1, min(max(8, 256 / row), 512 / row))
    let gap = factor > 1 ? 2 : 1
    let (cellHeight, cellWidth) = (height * factor + gap, width * factor + gap)
    let (fullHeight, fullWidth) = (down * cellHeight + gap, across * cellWidth + gap)
    let unit: Float = images.elementType == .uint8 ? 1 / 255 : 1
    var picture = NDArray(repeating: Float(1), shape: [3, fullHeight, fullWidth])
    let source = images.converted(to: .float32)
    picture.withMutableElements(of: Float.self) { out in
      source.withElements(of: Float.self) { pixels in
        for index in 0..<count {
          let (top, left) = (
            (index / across) * cellHeight + gap, (index % across) * cellWidth + gap
          )
          for channel in 0..<3 {
            let plane = (index * channels + min(channel, channels - 1)) * height * width
            for y in 0..<(height * factor) {
              let from = plane + (y / factor) * width
              let to = (channel * fullHeight + top + y) * fullWidth + left
              for x in 0..<(width * factor) { out[to + x] = pixels[from + x / factor] * unit }
            }
          }
        }
      }
    }
    return picture
  }
}
