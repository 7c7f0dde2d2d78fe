"""Writes golden.tsv: where numpy takes each element of a result from.

usage: /usr/bin/python3 moves.py > golden.tsv

A line is a call as in kernels/testing/op_cases.txt, then for each output its
shape and its elements. An element is the places whose values are combined, in
order: "5" is element 5 of input 0, "2:5" of input 2, "z" and "o" are zero and
one. Written from the public documentation of the operators' namesakes; shares
nothing with kernels/.
"""

import itertools

import numpy as np

INPUT = 10 ** 6
ZERO, ONE = -1, -2


def x(shape, index=0):
    """The places of input `index`."""
    count = int(np.prod(shape, dtype=int))
    return (np.arange(count) + index * INPUT).reshape(shape)


def dims(shape):
    return '[%s]' % ','.join(map(str, shape))


def ints(values):
    return '{%s}' % ','.join(map(str, np.ravel(values)))


def word(code):
    if isinstance(code, (list, tuple)):
        return '+'.join(word(c) for c in code)
    code = int(code)
    if code == ZERO:
        return 'z'
    if code == ONE:
        return 'o'
    at, index = code % INPUT, code // INPUT
    return '%d:%d' % (index, at) if index else str(at)


def emit(call, *outputs):
    cells = [call]
    for y in outputs:
        y = np.asarray(y) if not isinstance(y, np.ndarray) else y
        cells.append(dims(y.shape) + ' ' + ' '.join(word(c) for c in y.flat))
    print('\t'.join(cell.rstrip() for cell in cells))


def keep_order():
    a = x((2, 3, 4))
    for op in ('Identity', 'TensorMove'):
        emit(op + ' x=[2,3,4]', a)
    emit('OnesLike x=[3,5]', np.full((3, 5), ONE))
    emit('EnsureShape input=[2,3,4] shape=2,-1,4', a)
    emit('Copy x=[2,3,4] N=3', a, a, a)
    for size, stride, offset in (((2, 3), (1, 2), 3), ((3, 2, 2), (0, 12, 1), 5),
                                 ((0, 2), (99, 1), 0), ((), (), 7)):
        y = np.lib.stride_tricks.as_strided(
            a.reshape(-1)[offset:], size, [8 * s for s in stride])
        emit('AsStrided x=[2,3,4] size=%s stride=%s storage_offset={%d}' % (
            ints(size), ints(stride), offset), y)
    for shape in ((6, 4), (-1,), (3, -1, 2), (0, -1), (4, 0, 2)):
        y = a
        real = [a.shape[i] if e == 0 else e for i, e in enumerate(shape)]
        emit('Reshape x=[2,3,4] shape=' + ints(shape), y.reshape(real))
    emit('Reshape x=[2,3,4] shape={12} axis=1 num_axes=2', a.reshape(2, 12))
    emit('Reshape x=[2,3,4] shape={1,-1} axis=-1', a.reshape(2, 3, 4, 1, 1))
    emit('Reshape x=[0,3] shape={3,0}', x((3, 0)))
    for axis in (0, 2, 3, -1, -4):
        emit('ExpandDims x=[2,3,4] axis={%d}' % axis, np.expand_dims(a, axis))
    for op, name, form in (('Unsqueeze', 'axes', '%s'),
                           ('UnsqueezeV2', 'axis', '%s'),
                           ('UnsqueezeV3', 'axes', '{%s}')):
        for axes in ((0,), (1, 3), (-1, 0), (2, -4)):
            emit('%s x=[2,3] %s=%s' % (op, name, form % ','.join(map(str, axes))),
                 np.expand_dims(x((2, 3)), axes))
    b = x((1, 3, 1, 2))
    for op, form in (('Squeeze', '%s'), ('SqueezeV2', '%s')):
        emit(op + ' x=[1,3,1,2]', b.squeeze())
        emit(op + ' x=[1,3,1,2] axis=-2', b.squeeze(-2))
        emit(op + ' x=[1,3,1,2] axis=0,2', b.squeeze((0, 2)))
    emit('SqueezeV3 x=[1,3,1,2] axes={0}', b.squeeze(0))
    emit('SqueezeV3 x=[1,3,1,2]', b.squeeze())
    for axis in (0, 1, 2, 3, -1):
        at = axis + 3 if axis < 0 else axis
        first = int(np.prod(a.shape[:at], dtype=int))
        emit('Flatten x=[2,3,4] axis=%d' % axis, a.reshape(first, -1))
    emit('FlattenV2 x=[2,3,4]', a.reshape(2, 12))
    emit('FlattenV2 x=[2,3,4] axis=0 end_axis=1', a.reshape(6, 4))
    emit('FlattenV2 x=[2,3,4] axis=-3 end_axis=-1', a.reshape(24))
    for perm in itertools.permutations(range(3)):
        emit('Transpose x=[2,3,4] perm=' + ints(perm), a.transpose(perm))
        emit('TransposeD x=[2,3,4] perm=%d,%d,%d' % perm, a.transpose(perm))
    for shape, perm in (((37, 20), (1, 0)), ((2, 19, 3, 17), (0, 3, 2, 1)),
                        ((3, 5, 21), (2, 0, 1))):
        emit('Transpose x=%s perm=%s' % (dims(shape), ints(perm)),
             x(shape).transpose(perm))
    emit('Permute x=[2,3,4] order=2,0,1', a.transpose(2, 0, 1))
    for first in (True, False):
        y = (a.transpose(2, 0, 1).reshape(4, 6) if first else
             a.reshape(4, 3, 2).transpose(1, 0, 2))
        text = '%s transpose_first=%s' % ('2,0,1' if first else '1,0,2',
                                          str(first).lower())
        shape = (4, 6) if first else (4, 3, 2)
        emit('ConfusionTranspose x=[2,3,4] shape=%s perm=%s' % (
            ints(shape), text), y)
        emit('ConfusionTransposeD x=[2,3,4] shape=%s perm=%s' % (
            ints(shape)[1:-1], text), y)
    b = x((2, 6, 2, 2))
    for group in (1, 2, 3):
        y = b.reshape(2, group, 6 // group, 2, 2).swapaxes(1, 2)
        emit('ShuffleChannel x=[2,6,2,2] group=%d' % group,
             y.reshape(b.shape))


def repeat():
    for shape, to in (((3,), (2, 3)), ((2, 1, 3), (2, 4, 3)), ((), (2, 2)),
                      ((1, 1), (3, 0)), ((2, 3), (2, 3))):
        y = np.broadcast_to(x(shape), to)
        emit('BroadcastTo x=%s shape=%s' % (dims(shape), ints(to)), y)
        emit('BroadcastToD x=%s shape=%s' % (dims(shape), ints(to)[1:-1]), y)
    for shape, to in (((3,), (2, 3)), ((2, 4, 3), (4, 1)), ((2, 1), (1, 5))):
        y = x(shape) + np.zeros(to, int)
        emit('Expand x=%s shape=%s' % (dims(shape), ints(to)), y)
        emit('ExpandD x=%s shape=%s' % (dims(shape), ints(to)[1:-1]), y)
    for shape, m in (((2, 3), (2, 2)), ((3,), (2, 3)), ((2, 3), (1, 0)),
                     ((2, 1, 2), (1, 3, 2))):
        emit('Tile x=%s multiples=%s' % (dims(shape), ints(m)),
             np.tile(x(shape), m))
        emit('TileD x=%s multiples=%s' % (dims(shape), ints(m)[1:-1]),
             np.tile(x(shape), m))
    for axis in (0, 1, -1):
        emit('TileWithAxis x=[2,3] axis=%d tiles=3' % axis,
             np.concatenate([x((2, 3))] * 3, axis))
    a = x((2, 3, 2))
    emit('RepeatInterleave x=[2,3,2] repeats={2}', np.repeat(a, 2))
    for axis in (0, 1, -1):
        emit('RepeatInterleave x=[2,3,2] repeats={3} axis=%d' % axis,
             np.repeat(a, 3, axis))
    emit('RepeatInterleave x=[2,3,2] repeats={2,0,3} axis=1',
         np.repeat(a, (2, 0, 3), 1))
    emit('RepeatInterleave x=[3] repeats={1,2,0}', np.repeat(x((3,)), (1, 2, 0)))


def cut():
    a = x((3, 4, 5))
    emit('Slice x=[3,4,5] offsets={1,0,2} size={2,3,-1}', a[1:3, 0:3, 2:])
    emit('Slice x=[3,4,5] offsets={0,4,0} size={3,0,5}', a[:, 4:4, :])
    emit('SliceD x=[3,4,5] offsets=1,1,1 size=1,-1,2', a[1:2, 1:, 1:3])
    emit('SliceDV2 x=[3,4,5] offsets={1,1,1} size=1,-1,2', a[1:2, 1:, 1:3])
    for start, end, step in ((0, 5, 2), (-2, 9, 1), (4, 0, -2), (3, 1, 1)):
        emit('SliceLastDim x=[3,4,5] start=%d end=%d stride=%d' % (
            start, end, step), a[..., start:end:step])
    emit('SliceWithAxes x=[3,4,5] offsets={1,2} size={3,-1} axes=2,0',
         a[2:, :, 1:4])
    emit('SliceWithAxes x=[3,4,5] offsets={1} size={2} axes=-2', a[:, 1:3, :])
    b = x((1, 2, 5, 6))
    emit('Crop x=[1,2,5,6] size=[1,2,3,3] axis=2 offsets=1,2',
         b[:, :, 1:4, 2:5])
    emit('Crop x=[1,2,5,6] size=[9,1,2,4] axis=1 offsets=1',
         b[:, 1:2, 1:3, 1:5])
    emit('Crop x=[1,2,5,6] size=[1,2,5,2] axis=-1 offsets=4', b[..., 4:])


def tf_slice(a, begin, end, strides, masks):
    """tf.strided_slice as a numpy index."""
    begin_mask, end_mask, ellipsis, new_axis, shrink = masks
    index = []
    for i, (b, e, s) in enumerate(zip(begin, end, strides)):
        if ellipsis >> i & 1:
            index.append(Ellipsis)
        elif new_axis >> i & 1:
            index.append(np.newaxis)
        elif shrink >> i & 1:
            index.append(b)
        else:
            index.append(slice(None if begin_mask >> i & 1 else b,
                               None if end_mask >> i & 1 else e, s))
    return a[tuple(index)]


STRIDED = [((3, 4, 5), (0, 1, 0), (3, 4, 5), (1, 2, 3), (0,) * 5),
           ((3, 4, 5), (1, -1, 9), (9, -9, -9), (1, -1, -2), (0,) * 5),
           ((3, 4, 5), (1, 3), (0, 0), (-1, -1), (1, 2, 0, 0, 0)),
           ((3, 4, 5), (1, 0, -2), (0, 0, 0), (1, 1, 1), (0, 0, 2, 0, 5)),
           ((3, 4, 5), (0, 0, 2), (0, 3, 4), (1, 2, 1), (0, 0, 0, 1, 4)),
           ((4, 5), (3, 1), (0, 5), (-2, 1), (0,) * 5),
           ((4, 5), (2, 1), (2, 5), (1, 1), (0,) * 5),
           ((2, 3, 4), (0, 0, 1), (0, 0, 3), (1, 1, 7), (0, 0, 1, 0, 0))]
MASKS = ('begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask',
         'shrink_axis_mask')


def strided():
    for shape, b, e, s, masks in STRIDED:
        attrs = ''.join(' %s=%d' % pair for pair in zip(MASKS, masks)
                        if pair[1])
        y = tf_slice(x(shape), b, e, s, masks)
        emit('StridedSlice x=%s begin=%s end=%s strides=%s%s' % (
            dims(shape), ints(b), ints(e), ints(s), attrs), y)
        emit('StridedSliceD x=%s begin=%s end=%s strides=%s%s' % (
            dims(shape), ints(b)[1:-1], ints(e)[1:-1], ints(s)[1:-1], attrs),
            y)
        emit('StridedSliceV2 x=%s begin=%s end=%s axes=- strides=%s%s' % (
            dims(shape), ints(b), ints(e), ints(s), attrs), y)
        grad = np.full(shape, ZERO)
        taken = tf_slice(x(shape), b, e, s, masks)
        grad.reshape(-1)[taken.reshape(-1)] = x((taken.size,), 4)
        emit('StridedSliceGrad shape=%s begin=%s end=%s strides=%s dy=%s%s' % (
            ints(shape), ints(b), ints(e), ints(s), dims(taken.shape), attrs),
            grad)
        grad[grad != ZERO] -= 4 * INPUT
        emit('StridedSliceGradD dy=%s shape=%s begin=%s end=%s strides=%s%s' % (
            dims(taken.shape), ints(shape)[1:-1], ints(b)[1:-1], ints(e)[1:-1],
            ints(s)[1:-1], attrs), grad)
    a = x((3, 4, 5))
    for op in ('StridedSliceV2', 'StridedSliceV3'):
        emit(op + ' x=[3,4,5] begin={1,4} end={3,0} axes={0,2} strides={1,-1}',
             a[1:3, :, 4:0:-1])
        emit(op + ' x=[3,4,5] begin={1} end={9} axes={-2}', a[:, 1:, :])
        emit(op + ' x=[3,4,5] begin={1,0} end={3,-1}', a[1:3, :-1])
        emit(op + ' x=[3,4,5] begin={1,0} end={3,4} axes=- strides={2,3}',
             a[1:3:2, 0:4:3])
    emit('StridedSliceV2 x=[3,4,5] begin={1,2} end={1,3} axes={2,0} '
         'strides={1,1} begin_mask=1 end_mask=1 shrink_axis_mask=2', a[2])


NUMPY_MODES = {'reflect': 'reflect', 'edge': 'edge', 'symmetric': 'symmetric',
               'circular': 'wrap'}


def pad():
    a = x((2, 3))
    p = ((1, 2), (0, 1))
    y = np.pad(a, p, constant_values=ZERO)
    emit('Pad x=[2,3] paddings=' + ints(p), y)
    emit('PadD x=[2,3] paddings=1,2;0,1', y)
    emit('PadV2 x=[2,3] paddings=%s constant_values=[1]' % ints(p),
         np.pad(a, p, constant_values=2 * INPUT))
    emit('PadV2D x=[2,3] constant_values=[1] paddings=1,2;0,1',
         np.pad(a, p, constant_values=INPUT))
    emit('PadV3 x=[2,3] paddings={1,0,2,1} constant_values=[1] '
         'paddings_contiguous=false', np.pad(a, p, constant_values=2 * INPUT))
    emit('PadV3 x=[2,3] paddings={-1,1,2,-2}',
         np.pad(a[1:, :1], ((0, 1), (2, 0)), constant_values=ZERO))
    emit('PadV3D x=[2,3] paddings=1,2;0,1 constant_values=1',
         np.pad(a, p, constant_values=ONE))
    b = x((3, 4, 2))
    q = ((2, 1), (0, 3), (1, 1))
    for mode, name in NUMPY_MODES.items():
        y = np.pad(b, q, mode=name)
        emit('PadV3 x=[3,4,2] paddings=%s mode=%s' % (ints(q), mode), y)
        emit('PadV3D x=[3,4,2] paddings=2,1;0,3;1,1 mode=' + mode, y)
        padded = x(y.shape)
        grad = np.empty(b.shape, object)
        for at in np.ndindex(b.shape):
            grad[at] = [c for c, to in zip(padded.flat, y.flat) if to == b[at]]
        emit('PadV3Grad x=%s paddings=%s mode=%s' % (dims(y.shape), ints(q),
                                                     mode), grad)
        if mode in ('reflect', 'symmetric'):
            emit('MirrorPadGrad x=%s paddings=%s mode=%s' % (
                dims(y.shape), ints(q), mode.upper()), grad)
    emit('PadV3Grad x=[5,3] paddings={1,1,2,0} mode=constant',
         x((5, 3))[1:-1, 2:])
    for mode in ('reflect', 'symmetric'):
        emit('MirrorPad x=[3,4,2] paddings=%s mode=%s' % (ints(q),
                                                          mode.upper()),
             np.pad(b, q, mode=mode))


def turn():
    a = x((3, 4, 2))
    for axes in ((0,), (1, 2), (-1,), ()):
        emit('ReverseV2 x=[3,4,2] axis=' + ints(axes), np.flip(a, axes))
        emit('ReverseV2D x=[3,4,2] axis=' + ints(axes)[1:-1], np.flip(a, axes))
    for seq, batch, lengths in ((1, 0, (4, 0, 2)), (0, 1, (1, 2, 3, 0)),
                                (2, 1, (2, 1, 0, 2)), (1, 2, (3, 4))):
        y = a.copy()
        for b, n in enumerate(lengths):
            for i in range(n):
                to, of = [slice(None)] * 3, [slice(None)] * 3
                to[batch] = of[batch] = b
                to[seq], of[seq] = i, n - 1 - i
                y[tuple(to)] = a[tuple(of)]
        emit('ReverseSequence x=[3,4,2] seq_lengths=%s seq_dim=%d batch_dim=%d'
             % (ints(lengths), seq, batch), y)
    emit('Roll x=[3,4,2] shifts=5', np.roll(a, 5))
    emit('Roll x=[3,4,2] shifts=-1,6 dims=0,1', np.roll(a, (-1, 6), (0, 1)))
    emit('RollV2 input=[3,4,2] shift={5} axes={}', np.roll(a, 5))
    emit('RollV2 input=[3,4,2] shift={-1,6} axes={0,-2}',
         np.roll(a, (-1, 6), (0, 1)))
    emit('Roll x=[3,4,2] shifts=1,1,-7 dims=0,0,-1',
         np.roll(a, (2, -7), (0, 2)))


def join():
    for axis in (0, 1, -1):
        shapes = [[2, 3, 2] for _ in range(3)]
        for shape, extent in zip(shapes, (1, 0, 4)):
            shape[axis] = extent
        parts = [x(s, i) for i, s in enumerate(shapes)]
        text = ' '.join('x=' + dims(s) for s in shapes)
        y = np.concatenate(parts, axis)
        emit('ConcatD %s concat_dim=%d N=3' % (text, axis), y)
        emit('ConcatV2D %s concat_dim=%d' % (text, axis), y)
        emit('ConcatV2 %s concat_dim={%d}' % (text, axis), y)
        emit('Concat concat_dim={%d} %s' % (axis, text), np.concatenate(
            [x(s, i + 1) for i, s in enumerate(shapes)], axis))
        whole = x((2, 6, 4))
        emit('Split split_dim={%d} x=[2,6,4] num_split=2' % axis,
             *np.split(x((2, 6, 4), 1), 2, axis))
        emit('SplitD x=[2,6,4] split_dim=%d num_split=2' % axis,
             *np.split(whole, 2, axis))
        total = whole.shape[axis]
        cuts = (1, 1) if total == 2 else (2, 3)
        sizes = (cuts[0], cuts[1] - cuts[0], -1)
        emit('SplitV x=[2,6,4] size_splits=%s split_dim={%d} num_split=3' % (
            ints(sizes), axis), *np.split(whole, cuts, axis))
        emit('SplitVD x=[2,6,4] size_splits=%s split_dim=%d num_split=3' % (
            ints(sizes)[1:-1], axis), *np.split(whole, cuts, axis))
    for axis in (0, 1, 2, -1):
        emit('Pack x=[2,3] x=[2,3] x=[2,3] axis=%d N=3' % axis,
             np.stack([x((2, 3), i) for i in range(3)], axis))
    for axis in (0, 1, -1):
        a = x((2, 3, 4))
        emit('Unpack x=[2,3,4] axis=%d num=%d' % (axis, a.shape[axis]),
             *np.moveaxis(a, axis, 0))


def blocks():
    a = x((2, 2, 3, 8))
    n, h, w, c = a.shape
    b = 2
    dcr = a.reshape(n, h, w, b, b, c // 4).transpose(0, 1, 3, 2, 4, 5)
    crd = a.reshape(n, h, w, c // 4, b, b).transpose(0, 1, 4, 2, 5, 3)
    out = (n, h * b, w * b, c // 4)
    emit('DepthToSpace x=[2,2,3,8] block_size=2', dcr.reshape(out))
    emit('DepthToSpace x=[2,2,3,8] block_size=2 mode=CRD', crd.reshape(out))
    a = x((2, 8, 2, 3))
    n, c, h, w = a.shape
    dcr = a.reshape(n, b, b, c // 4, h, w).transpose(0, 3, 4, 1, 5, 2)
    crd = a.reshape(n, c // 4, b, b, h, w).transpose(0, 1, 4, 2, 5, 3)
    out = (n, c // 4, h * b, w * b)
    for mode, y in (('DCR', dcr), ('CRD', crd)):
        emit('DepthToSpace x=[2,8,2,3] block_size=2 mode=%s data_format=NCHW'
             % mode, y.reshape(out))
    a = x((2, 4, 6, 3))
    y = a.reshape(2, 2, 2, 3, 2, 3).transpose(0, 1, 3, 2, 4, 5)
    emit('SpaceToDepth x=[2,4,6,3] block_size=2', y.reshape(2, 2, 3, 12))
    a = x((2, 3, 4, 6))
    y = a.reshape(2, 3, 2, 2, 3, 2).transpose(0, 3, 5, 1, 2, 4)
    emit('SpaceToDepth x=[2,3,4,6] block_size=2 data_format=NCHW',
         y.reshape(2, 12, 2, 3))


def space_to_batch(a, sizes, pads):
    m = len(sizes)
    edges = [(0, 0)] + list(pads) + [(0, 0)] * (a.ndim - m - 1)
    a = np.pad(a, edges, constant_values=ZERO)
    shape = [a.shape[0]]
    for i, size in enumerate(sizes):
        shape += [a.shape[i + 1] // size, size]
    order = [2 * i + 2 for i in range(m)] + [0]
    order += [2 * i + 1 for i in range(m)]
    order += list(range(2 * m + 1, a.ndim + m))
    y = a.reshape(shape + list(a.shape[m + 1:])).transpose(order)
    out = [a.shape[0] * int(np.prod(sizes))]
    out += [a.shape[i + 1] // size for i, size in enumerate(sizes)]
    return y.reshape(out + list(a.shape[m + 1:]))


def batch_to_space(a, sizes, crops):
    m = len(sizes)
    n = a.shape[0] // int(np.prod(sizes))
    y = a.reshape(list(sizes) + [n] + list(a.shape[1:]))
    order = [m]
    for i in range(m):
        order += [m + 1 + i, i]
    order += list(range(2 * m + 1, y.ndim))
    y = y.transpose(order)
    out = [n] + [a.shape[i + 1] * size for i, size in enumerate(sizes)]
    y = y.reshape(out + list(a.shape[m + 1:]))
    for i, (first, last) in enumerate(crops):
        y = np.moveaxis(np.moveaxis(y, i + 1, 0)[first:y.shape[i + 1] - last],
                        0, i + 1)
    return y


def batches():
    flat = lambda pairs: ints(pairs)[1:-1]
    for shape, b, pads in (((2, 4, 6, 2), 2, ((0, 0), (0, 0))),
                           ((1, 4, 3, 2), 3, ((1, 1), (4, 2)))):
        y = space_to_batch(x(shape), (b, b), pads)
        emit('SpaceToBatch x=%s paddings=%s block_size=%d' % (
            dims(shape), ints(pads), b), y)
        emit('SpaceToBatchD x=%s paddings=%s block_size=%d' % (
            dims(shape), flat(pads), b), y)
    for shape, b, crops in (((8, 2, 3, 2), 2, ((0, 0), (0, 0))),
                            ((9, 2, 2, 1), 3, ((1, 2), (0, 4)))):
        y = batch_to_space(x(shape), (b, b), crops)
        emit('BatchToSpace x=%s crops=%s block_size=%d' % (
            dims(shape), ints(crops), b), y)
        emit('BatchToSpaceD x=%s crops=%s block_size=%d' % (
            dims(shape), flat(crops), b), y)
    for shape, sizes, pads in (((2, 5, 2), (3,), ((2, 2),)),
                               ((1, 4, 3, 2), (2, 3), ((0, 2), (3, 0))),
                               ((1, 2, 2, 2), (2, 1, 2), ((0, 0),) * 3),
                               ((2, 3, 1), (1,), ((0, 0),))):
        y = space_to_batch(x(shape), sizes, pads)
        text = (dims(shape), ints(sizes), ints(pads))
        emit('SpaceToBatchND x=%s block_shape=%s paddings=%s' % text, y)
        text = (dims(shape), ints(sizes)[1:-1], flat(pads))
        emit('SpaceToBatchNDD x=%s block_shape=%s paddings=%s' % text, y)
    for shape, sizes, crops in (((6, 2, 2), (3,), ((2, 1),)),
                                ((6, 2, 2, 2), (2, 3), ((1, 0), (3, 0))),
                                ((4, 2, 3, 2), (2, 1, 2), ((0, 0),) * 3)):
        y = batch_to_space(x(shape), sizes, crops)
        text = (dims(shape), ints(sizes), ints(crops))
        emit('BatchToSpaceND x=%s block_shape=%s crops=%s' % text, y)
        text = (dims(shape), ints(sizes)[1:-1], flat(crops))
        emit('BatchToSpaceNDD x=%s block_shape=%s crops=%s' % text, y)


def diagonals():
    for op, assist in (('Diag', ''), ('DiagD', 'assist=')):
        for shape in ((4,), (2, 3)):
            n = int(np.prod(shape))
            y = np.full((n, n), ZERO)
            np.fill_diagonal(y, np.arange(n))
            square = shape + shape
            emit(' '.join([op, 'x=' + dims(shape)] +
                          [assist + dims(square)] * bool(assist)),
                 y.reshape(square))
    for k in (-2, 0, 1, 9):
        emit('DiagV2 x=[3] diagonal=%d' % k, np.where(
            np.diag(np.ones(3, int), k), np.diag(np.arange(3), k), ZERO))
        emit('DiagV2 x=[3,5] diagonal=%d' % k, np.diag(x((3, 5)), k))
    for op, assist in (('DiagPart', ''), ('DiagPartD', 'assist=')):
        for shape in ((4,), (2, 3)):
            n = int(np.prod(shape))
            square = shape + shape
            emit(' '.join([op, 'x=' + dims(square)] +
                          [assist + dims(square)] * bool(assist)),
                 x((n, n)).diagonal().reshape(shape))
    for op, assist in (('MatrixDiag', ''), ('MatrixDiagD', 'assist=')):
        for shape in ((3,), (2, 4)):
            y = np.full(shape + shape[-1:], ZERO)
            for at in np.ndindex(shape):
                y[at + at[-1:]] = x(shape)[at]
            emit(' '.join([op, 'x=' + dims(shape)] +
                          [assist + dims(y.shape)] * bool(assist)), y)
    for op, assist in (('MatrixDiagPart', ''), ('MatrixDiagPartD', 'assist=')):
        for shape in ((3, 3), (2, 3, 5), (2, 2, 4, 3)):
            y = np.diagonal(x(shape), axis1=-2, axis2=-1)
            emit(' '.join([op, 'x=' + dims(shape)] +
                          [assist + dims(shape)] * bool(assist)), y)
    for shape in ((4, 4), (2, 3, 5), (5, 3)):
        a = x(shape)
        rows, columns = np.indices(shape)[-2:]
        for k in (-9, -2, 0, 1, 9):
            emit('Tril x=%s diagonal=%d' % (dims(shape), k),
                 np.where(columns - rows <= k, a, ZERO))
            emit('Triu x=%s diagonal=%d' % (dims(shape), k),
                 np.where(columns - rows >= k, a, ZERO))
        for low, high in ((0, 0), (1, -1), (-1, 2), (2, 0)):
            band = (low < 0) | (rows - columns <= low)
            band &= (high < 0) | (columns - rows <= high)
            emit('MatrixBandPart x=%s num_lower={%d} num_upper={%d}' % (
                dims(shape), low, high), np.where(band, a, ZERO))
    for batch, rows, columns in (((), 3, 0), ((2,), 2, 4), ((2, 1), 4, 2)):
        y = np.where(np.eye(rows, columns or rows) == 1, ONE, ZERO)
        y = np.broadcast_to(y, batch + y.shape)
        emit('Eye num_rows=%d num_columns=%d batch_shape=%s' % (
            rows, columns, ints(batch)[1:-1]), y)


def main():
    for part in (keep_order, repeat, cut, strided, pad, turn, join, blocks,
                 batches, diagonals):
        part()


if __name__ == '__main__':
    import indices
    main()
    indices.main()
