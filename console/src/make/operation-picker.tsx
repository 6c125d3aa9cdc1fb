import { Item, Picker, Section } from '@adobe/react-spectrum/Picker';
import type { Operation } from './schema/operations.ts';

/** What is to be made: every operation, by its service. */
export const OperationPicker = (props: {
  operations: readonly Operation[];
  selected: Operation;
  onSelect(name: string): void;
}) => {
  const { operations, selected, onSelect } = props;
  const services = [...new Set(operations.map(({ service }) => service))].map((service) => ({
    service,
    operations: operations.filter((operation) => operation.service === service),
  }));
  return (
    <Picker
      label="What to make"
      items={services}
      selectedKey={selected.name}
      onSelectionChange={(key) => key !== null && onSelect(String(key))}
      width="100%"
      menuWidth="size-5000"
    >
      {({ service, operations: inside }) => (
        <Section key={service} title={service} items={inside}>
          {({ name, title }) => <Item key={name}>{title}</Item>}
        </Section>
      )}
    </Picker>
  );
};
