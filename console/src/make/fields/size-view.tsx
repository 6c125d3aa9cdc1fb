import { Flex } from '@adobe/react-spectrum/Flex';
import { useContext, useState } from 'react';
import { type FieldProps, FormContext, useProblems } from '../form/form-context.ts';
import { buildHint } from '../form/hint.ts';
import { Pills } from '../form/pills.tsx';
import { isSize } from '../schema/describe-field.ts';
import type { Size, SizeField } from '../schema/field.ts';
import { NumberView } from './typed-fields.tsx';

const unset = 'unset';
const other = 'other';
const formatSize = ({ width, height }: Size): string => `${width} × ${height}`;

/** Width and height: the sizes that the model makes as pictures of their shape, and any other by numbers. */
export const SizeView = ({ field, path, value, label = field.label }: FieldProps<SizeField>) => {
  const { change, model } = useContext(FormContext);
  const problems = useProblems(path);
  const listed = (model === undefined ? undefined : field.listedByModel[model]) ?? field.listed;
  const chosen = isSize(value) ? listed.find((each) => formatSize(each) === formatSize(value)) : undefined;
  const [isOther, setIsOther] = useState(false);
  const showsNumbers = (value !== undefined && chosen === undefined) || isOther;
  const standard = isSize(field.default) ? field.default : undefined;
  const drawn = (size: Size) => ({ key: formatSize(size), label: formatSize(size), drawing: <Shape size={size} /> });
  const pills = [
    ...(field.isRequired
      ? []
      : [
          {
            key: unset,
            label: standard === undefined ? 'Automatic' : `${formatSize(standard)}, as usual`,
            drawing: <Shape size={standard} />,
          },
        ]),
    ...listed.filter((size) => !standard || formatSize(size) !== formatSize(standard)).map(drawn),
    { key: other, label: 'Another size', drawing: <Shape size={isSize(value) && showsNumbers ? value : undefined} /> },
  ];
  const isStandard = standard !== undefined && isSize(value) && formatSize(value) === formatSize(standard);
  const selected = showsNumbers ? other : chosen === undefined || isStandard ? unset : formatSize(chosen);
  const select = (key: string) => {
    setIsOther(key === other);
    if (key === other) change(path, isSize(value) ? value : (standard ?? listed[0] ?? { width: 1024, height: 1024 }));
    else change(path, key === unset ? undefined : listed.find((size) => formatSize(size) === key));
  };
  const inner = (name: 'width' | 'height') =>
    typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
  return (
    <div className="size">
      <Pills
        label={label}
        pills={pills}
        selected={selected}
        onSelect={select}
        hint={listed.length > 0 ? undefined : buildHint(field)}
        problems={problems}
        isRequired={field.isRequired}
      />
      {showsNumbers && (
        <Flex gap="size-200">
          <NumberView field={field.width} path={[...path, 'width']} value={inner('width')} />
          <NumberView field={field.height} path={[...path, 'height']} value={inner('height')} />
        </Flex>
      )}
    </div>
  );
};

const boxPixels = 36;

/** The shape of a picture, drawn. */
const Shape = ({ size }: { size: Size | undefined }) => {
  const { width, height } = size ?? { width: 1, height: 1 };
  const scale = (boxPixels - 4) / Math.max(width, height, 1);
  const [shownWidth, shownHeight] = [Math.max(3, width * scale), Math.max(3, height * scale)];
  return (
    <svg className="shape" width={boxPixels} height={boxPixels} aria-hidden="true">
      <rect
        x={(boxPixels - shownWidth) / 2}
        y={(boxPixels - shownHeight) / 2}
        width={shownWidth}
        height={shownHeight}
        rx="2"
        className={size === undefined ? 'shape-open' : 'shape-known'}
      />
    </svg>
  );
};
