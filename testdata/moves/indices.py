"""The second half of moves.py: layouts, and what goes by indices in the data."""

import numpy as np

from moves import (INPUT, MASKS, ONE, STRIDED, ZERO, dims, emit, ints,
                   tf_slice, x)


def padded_to(a, axis, unit):
    edges = [(0, 0)] * a.ndim
    edges[axis] = (0, -a.shape[axis] % unit)
    return np.pad(a, edges, constant_values=ZERO)


def to_nz(a, c0):
    a = padded_to(padded_to(a, -1, c0), -2, 16)
    rows, columns = a.shape[-2:]
    y = a.reshape(a.shape[:-2] + (rows // 16, 16, columns // c0, c0))
    lead = tuple(range(a.ndim - 2))
    k = len(lead)
    return y.transpose(lead + (k + 2, k, k + 1, k + 3))


def to_5hd(nchw, c0):
    a = padded_to(nchw, 1, c0)
    n, c, h, w = a.shape
    return a.reshape(n, c // c0, c0, h, w).transpose(0, 1, 3, 4, 2)


def to_fz(nchw, c0):
    a = padded_to(padded_to(nchw, 1, c0), 0, 16)
    n, c, h, w = a.shape
    y = a.reshape(n // 16, 16, c // c0, c0, h, w).transpose(2, 4, 5, 0, 1, 3)
    return y.reshape(c // c0 * h * w, n // 16, 16, c0)


def layouts():
    for tag, c0 in (('f16', 16), ('f32', 16), ('int8', 32)):
        def both(plain, shape, blocked, y):
            emit('TransData src=%s%s src_format=%s dst_format=%s' % (
                tag, dims(shape), plain, blocked), y)
            back = np.empty(int(np.prod(shape, dtype=int)), int)
            for at, code in enumerate(y.flat):
                if code != ZERO:
                    back[code] = at
            emit('TransData src=%s%s src_format=%s dst_format=%s' % (
                tag, dims(y.shape), blocked, plain), back.reshape(shape))
        both('ND', (18, 33), 'FRACTAL_NZ', to_nz(x((18, 33)), c0))
        both('ND', (2, 3, 5), 'FRACTAL_NZ', to_nz(x((2, 3, 5)), c0))
        both('NCHW', (2, 17, 2, 3), 'NC1HWC0', to_5hd(x((2, 17, 2, 3)), c0))
        both('NCHW', (3, 18, 1, 2), 'FRACTAL_Z', to_fz(x((3, 18, 1, 2)), c0))
        a = x((1, 2, 2, 17))
        both('NHWC', a.shape, 'NC1HWC0', to_5hd(a.transpose(0, 3, 1, 2), c0))
        a = x((17, 2, 1, 3))
        both('NHWC', a.shape, 'FRACTAL_Z', to_fz(a.transpose(0, 3, 1, 2), c0))


def gathers():
    a = x((4, 3, 2))
    i = np.array([[3, 0], [1, 3]])
    text = 'x=[4,3,2] indices={3,0,1}'
    emit('Gather ' + text, a[[3, 0, 1]])
    emit('Gather x=[4,3,2] indices={-1,0,-4} negative_index_support=true',
         a[[-1, 0, -4]])
    for axis in (0, 1, 2, -1):
        emit('GatherV2 x=[4,3,2] indices={1,0,1,1} axis={%d}' % axis,
             np.take(a, [1, 0, 1, 1], axis))
        emit('GatherV2D x=[4,3,2] indices={1,0,1,1} axis=%d' % axis,
             np.take(a, [1, 0, 1, 1], axis))
    emit('GatherV2 x=[4,3,2] indices=[0] axis={1}', np.take(
        a, np.zeros(0, int), 1))
    b = x((2, 3, 4))
    emit('Gather x=[2,3,4] indices={2,0,1,1}:[2,2] batch_dims=1',
         np.stack([b[0][[2, 0]], b[1][[1, 1]]]))
    emit('GatherV2 x=[2,3,4] indices={2,0,1,3}:[2,2] axis={2} batch_dims=1',
         np.stack([b[0][:, [2, 0]], b[1][:, [1, 3]]]))
    emit('GatherV2 x=[2,3,4] indices={2,-1,1,-3}:[2,2] axis={-1} batch_dims=-1 '
         'negative_index_support=true',
         np.stack([b[0][:, [2, 3]], b[1][:, [1, 1]]]))
    emit('GatherNd x=[4,3,2] indices={3,0,1,2}:[2,2]', a[[3, 1], [0, 2]])
    emit('GatherNd x=[4,3,2] indices={3,0,1}:[3,1]', a[[3, 0, 1]])
    emit('GatherNd x=[4,3,2] indices={3,0,1,0,2,0}:[2,1,3]',
         a[[[3], [0]], [[0], [2]], [[1], [0]]])
    emit('GatherNd x=[4,3,2] indices={-1,0}:[1,2] negative_index_support=true',
         a[[-1], [0]])
    emit('GatherNd x=[2,2] indices=[3,0]', np.broadcast_to(x((2, 2)),
                                                           (3, 2, 2)))
    for axis in (0, 1, -2):
        emit('GatherElements x=[4,3] index={1,0,2,2,1,0}:[2,3] dim=%d' % axis,
             np.take_along_axis(x((4, 3))[:2] if axis == 1 else x((4, 3)),
                                np.array([[1, 0, 2], [2, 1, 0]]), axis))
    emit('GatherElements x=[4,3] index={-1,0,-3,1}:[4,1] dim=1',
         np.take_along_axis(x((4, 3)), np.array([[-1], [0], [-3], [1]]), 1))


def folded(base, places, updates):
    """base with updates[k] behind what places[k] already has."""
    y = np.empty(base.shape, object)
    for at in np.ndindex(base.shape):
        y[at] = [base[at]]
    for place, update in zip(places, updates):
        part = y[place]
        if isinstance(part, list):
            part.append(int(update))
            continue
        for at in np.ndindex(part.shape):
            part[at].append(int(update[at]))
    return y


def last(y):
    return np.array([cell[-1] for cell in y.flat]).reshape(y.shape)


def scatters():
    rows = [2, 0, 2, 3, 2]
    base, updates = x((4, 3)), x((5, 3), 2)
    sums = folded(base, rows, updates)
    for op in ('Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'):
        emit('Scatter%s var=[4,3] indices={2,0,2,3,2} updates=[5,3]' % op, sums)
        emit('Scatter%s var=[4,3] indices={1,1}:[2] updates=[]' % op,
             folded(base, [1, 1], [np.full(3, 2 * INPUT)] * 2))
        emit('Scatter%s var=[3] indices={1,2,1,1}:[2,2] updates=[2,2]' % op,
             folded(x((3,)), [1, 2, 1, 1], x((4,), 2)))
    emit('ScatterUpdate var=[4,3] indices={2,0,2,3,2} updates=[5,3]',
         last(sums))
    emit('InplaceUpdate x=[4,3] indices={2,0,2,3,2} v=[5,3]', last(sums))
    for op in ('InplaceAdd', 'InplaceSub'):
        emit(op + ' x=[4,3] indices={2,0,2,3,2} v=[5,3]', sums)
        emit(op + 'D x=[4,3] v=[5,3] indices=2,0,2,3,2',
             folded(base, rows, x((5, 3), 1)))
    emit('InplaceUpdateD x=[4,3] v=[5,3] indices=2,0,2,3,2',
         last(folded(base, rows, x((5, 3), 1))))
    emit('IndexAdd var=[4,3] indices={2,0,2,3,2} updates=[5,3]', sums)
    columns = np.empty((2, 3, 2), object)
    for a, b, c in np.ndindex(2, 3, 2):
        columns[a, b, c] = [a * 6 + b * 2 + c] + [
            2 * INPUT + a * 8 + k * 2 + c for k, to in enumerate((1, 0, 1, 1))
            if to == b]
    emit('IndexAdd var=[2,3,2] indices={1,0,1,1} updates=[2,4,2] axis=-2',
         columns)
    points = [(2, 0), (1, 1), (2, 0), (0, 2)]
    cells = folded(base, points, x((4,), 2))
    text = 'indices={2,0,1,1,2,0,0,2}:[4,2] updates=[4]'
    emit('ScatterNdUpdate var=[4,3] ' + text, last(cells))
    emit('TensorScatterUpdate x=[4,3] ' + text, last(cells))
    emit('ScatterNdUpdate var=[4,3] indices={2,0,2,3,2}:[5,1] updates=[5,3]',
         last(sums))
    for op in ('ScatterNdAdd var', 'ScatterNdSub var', 'TensorScatterAdd x',
               'TensorScatterSub x', 'TensorScatterMax input',
               'TensorScatterMin input', 'ScatterNdMax var',
               'ScatterNdMin var', 'ScatterNonAliasingAdd x'):
        emit('%s=[4,3] %s' % (op, text), cells)
        emit('%s=[4,3] indices={2,0,2,3,2}:[5,1] updates=[5,3]' % op, sums)
    zeros = np.full((4, 3), ZERO)
    emit('ScatterNd indices={2,0,1,1,2,0,0,2}:[4,2] x=[4] shape={4,3}',
         folded(zeros, points, x((4,), 1)))
    emit('ScatterNd indices={2,0,2,3,2}:[5,1] x=[5,3] shape={4,3}',
         folded(zeros, rows, x((5, 3), 1)))
    emit('ScatterNdD indices={2,0,2,3,2}:[5,1] x=[5,3] shape=4,3',
         folded(zeros, rows, x((5, 3), 1)))
    index = np.array([[1, 0, 1], [2, 1, 1]])
    u = x((2, 3), 2)
    for axis in (0, 1, -1):
        places = []
        for at in np.ndindex(index.shape):
            to = list(at)
            to[axis] = index[at]
            places.append(tuple(to))
        y = folded(base, places, u.flat)
        text = ('ScatterElements data=[4,3] indices={1,0,1,2,1,-%d}:[2,3] '
                'updates=[2,3] axis=%d' % (base.shape[axis] - 1, axis))
        emit(text, last(y))
        other = text.replace('Elements data', 'ElementsV2 var')
        emit(other, last(y))
        for way in ('add', 'mul', 'max', 'min'):
            emit(text + ' reduction=' + way, y)
            emit(other + ' reduction=' + way, y)


def segments():
    ids = [2, 0, -1, 2, 2, 3]
    a = x((6, 2))
    y = np.empty((5, 2), object)
    for at in np.ndindex(y.shape):
        y[at] = [int(a[k, at[1]]) for k in range(6) if ids[k] == at[0]] or ZERO
    for way in ('Sum', 'Max', 'Min', 'Prod'):
        emit('UnsortedSegment%s x=[6,2] segment_ids=%s num_segments={5}' % (
            way, ints(ids)), y)
        emit('UnsortedSegment%sD x=[6,2] segment_ids=%s num_segments=5' % (
            way, ints(ids)), y)
    flat = np.empty((3,), object)
    pairs = [1, 0, 1, 1]
    for s in range(3):
        flat[s] = [k for k in range(4) if pairs[k] == s] or ZERO
    emit('UnsortedSegmentSum x=[2,2] segment_ids={1,0,1,1}:[2,2] '
         'num_segments={3}', flat)
    ids = [0, 0, 2, 2, 2, 3]
    y = np.empty((4, 2), object)
    for at in np.ndindex(y.shape):
        y[at] = [int(a[k, at[1]]) for k in range(6) if ids[k] == at[0]] or ZERO
    for way in ('Sum', 'Max'):
        emit('Segment%s x=[6,2] segment_ids=%s' % (way, ints(ids)), y)


def one_hots():
    i = np.array([[1, 0, 5], [-1, 3, 1]])
    on, off = 2 * INPUT, 3 * INPUT
    for axis in (-1, 0, 1, 2):
        y = np.stack([np.where(i == d, on, off) for d in range(4)], axis)
        emit('OneHot x={1,0,5,-1,3,1}:[2,3] depth={4} on_value=[1] off_value=[] '
             'axis=%d' % axis, y)
        i8 = np.abs(i)
        y = np.stack([np.where(i8 == d, INPUT, 2 * INPUT) for d in range(4)],
                     axis)
        emit('OneHotD x={1,0,5,1,3,1}:[2,3] on_value=[1] off_value=[1] depth=4 '
             'axis=%d' % axis, y)


def overlays():
    for shape, b, e, s, masks in STRIDED:
        attrs = ''.join(' %s=%d' % pair for pair in zip(MASKS, masks)
                        if pair[1])
        taken = tf_slice(x(shape), b, e, s, masks)
        y = x(shape)
        y.reshape(-1)[taken.reshape(-1)] = x((taken.size,), 4)
        emit('StridedSliceAssign var=%s begin=%s end=%s strides=%s '
             'input_value=%s%s' % (dims(shape), ints(b), ints(e), ints(s),
                                   dims(taken.shape), attrs), y)
        y.reshape(-1)[taken.reshape(-1)] = x((taken.size,), 1)
        emit('StridedSliceAssignD var=%s input_value=%s begin=%s end=%s '
             'strides=%s%s' % (dims(shape), dims(taken.shape), ints(b)[1:-1],
                               ints(e)[1:-1], ints(s)[1:-1], attrs), y)
    y = x((3, 4, 5))
    y[1:3, :, 4:0:-1] = x((2, 4, 4), 1)
    emit('StridedSliceAssignV2 var=[3,4,5] input_value=[2,4,4] begin={1,4} '
         'end={3,0} strides={1,-1} axes={0,2}', y)
    y = x((3, 4, 5))
    y[1:, :2] = x((2, 2, 5), 1)
    emit('StridedSliceAssignV2 var=[3,4,5] input_value=[2,2,5] begin={1,0} '
         'end={9,2} strides={1,1}', y)
    y = x((4, 5))
    y[1:3, 2:5] = x((2, 3), 2)
    emit('SliceWrite x=[4,5] begin={1,2} value=[2,3]', y)
    for shape in ((3, 3), (2, 3, 5), (2, 2, 4, 3)):
        y = x(shape)
        places = min(shape[-2:])
        d = x(shape[:-2] + (places,), 1)
        for i in range(places):
            y[..., i, i] = d[..., i]
        text = 'x=%s diagonal=%s' % (dims(shape), dims(d.shape))
        emit('MatrixSetDiag ' + text, y)
        emit('MatrixSetDiagD %s assist=%s' % (text, dims(shape)), y)
    for shape, wrap in (((3, 3), False), ((3, 5), True), ((8, 3), False),
                        ((8, 3), True), ((3, 3, 3), False)):
        y = x(shape)
        np.fill_diagonal(y, ONE, wrap)
        emit('FillDiagonal x=%s fill_value=1 wrap=%s' % (
            dims(shape), str(wrap).lower()), y)


def main():
    overlays()
    layouts()
    gathers()
    scatters()
    segments()
    one_hots()
